#!/usr/bin/python3
"""schtasks as codex-voice uses it: reads the task's XML in its encoding, runs its command. FAKE_STATE is its memory."""
import json, os, shlex, subprocess, sys, xml.etree.ElementTree as tree

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
state_file = os.environ["FAKE_STATE"]
state = json.load(open(state_file)) if os.path.exists(state_file) else {"xml": None, "calls": []}
verb, *rest = sys.argv[1:]
state["calls"].append(sys.argv[1:])
options = {rest[i]: rest[i + 1] for i in range(len(rest) - 1) if rest[i].startswith("/")}
status = 0
if options.get("/TN") != "codex-voice":
    status = 64
elif verb == "/Create" and "/F" in rest:
    data = open(options["/XML"], "rb").read()
    root = tree.fromstring(data)
    # What the schema demands: these parts in this order, and a principal for the actions.
    parts = [child.tag for child in root]
    wanted = [NAMESPACE + name for name in ("RegistrationInfo", "Triggers", "Principals", "Settings", "Actions")]
    same = root.find(f"{NAMESPACE}Actions").get("Context") == root.find(f".//{NAMESPACE}Principal").get("id")
    if not data.startswith(b"\xff\xfe") or parts != wanted or not same:
        print("ERROR: The task XML is malformed.", file=sys.stderr)
        status = 1
    else:
        state["xml"] = data.decode("utf-16")
elif state["xml"] is None:
    print("ERROR: The system cannot find the file specified.", file=sys.stderr)
    status = 1
elif verb == "/Query":
    print(state["xml"])
elif verb == "/Run":
    action = tree.fromstring(state["xml"].encode("utf-16")).find(f".//{NAMESPACE}Exec")
    text = {child.tag.removeprefix(NAMESPACE): child.text for child in action}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    subprocess.Popen([text["Command"], *shlex.split(text["Arguments"])], **silent)
elif verb == "/Delete" and "/F" in rest:
    state["xml"] = None
else:
    status = 64
json.dump(state, open(state_file, "w"))
sys.exit(status)
