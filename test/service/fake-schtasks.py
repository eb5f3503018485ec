#!/usr/bin/python3
"""
schtasks, whoami and conhost as codex-voice uses them: reads the task's XML in its encoding, refuses what Windows
refuses, runs its command. FAKE_STATE is its memory. The first argument is the program.
"""
import json, os, re, subprocess, sys, xml.etree.ElementTree as tree

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
SID = "S-1-5-21-1004336348-1177238915-682003330-1001"
state_file = os.environ["FAKE_STATE"]
state = json.load(open(state_file)) if os.path.exists(state_file) else {"xml": None, "calls": []}
program, *words = sys.argv[1:]
system = "C:\\Windows\\System32\\"


def windows_words(line):
    """As CommandLineToArgvW reads them."""
    found, word, quoted, index = [], None, False, 0
    while index < len(line):
        char = line[index]
        slashes = len(line[index:]) - len(line[index:].lstrip("\\"))
        if slashes and line[index + slashes : index + slashes + 1] == '"':
            word = (word or "") + "\\" * (slashes // 2)
            index += slashes
            if slashes % 2:
                word += '"'
                index += 1
            continue
        if char == '"':
            quoted, word = not quoted, word or ""
        elif char in " \t" and not quoted:
            if word is not None:
                found.append(word)
            word = None
        else:
            word = (word or "") + char
        index += 1
    return found + ([word] if word is not None else [])


def say(text):
    print(text, file=sys.stderr)
    return 1


def refusal(data, root):
    """What Windows says of a definition that a user without administrator rights brings; None: it takes it."""
    parts = [child.tag for child in root]
    wanted = [NAMESPACE + name for name in ("RegistrationInfo", "Triggers", "Principals", "Settings", "Actions")]
    principal = root.find(f".//{NAMESPACE}Principal")
    value = lambda path: root.findtext(".//" + "/".join(NAMESPACE + name for name in path.split("/")))
    if not data.startswith(b"\xff\xfe") or 'encoding="UTF-16"' not in data.decode("utf-16"):
        return "ERROR: The task XML is malformed. (1,40)::switch from current encoding to specified encoding not supported."
    if parts != wanted or root.find(f"{NAMESPACE}Actions").get("Context") != principal.get("id"):
        return "ERROR: The task XML is malformed."
    # A trigger for every user, another user's task and more rights need an administrator.
    own = [value("LogonTrigger/UserId"), value("Principal/UserId")] == [SID, SID]
    if not own or value("RunLevel") != "LeastPrivilege" or value("LogonType") != "InteractiveToken":
        return "ERROR: Access is denied."
    for name in ("Settings/ExecutionTimeLimit", "RestartOnFailure/Interval"):
        if not re.fullmatch(r"PT?\d+[SMHD]", value(name) or ""):
            return f"ERROR: The task XML contains a value which is incorrectly formatted or out of range. {name}"
    return None


options = {words[i]: words[i + 1] for i in range(len(words) - 1) if words[i].startswith("/")}
status = 0
if program == system + "whoami.exe" and words == ["/user", "/fo", "csv", "/nh"]:
    print(f'"pc\\me","{SID}"')
elif program != system + "schtasks.exe" or options.get("/TN") != "codex-voice":
    status = 64
else:
    verb = words[0]
    state["calls"].append(words)
    if verb == "/Create" and "/F" in words:
        data = open(options["/XML"], "rb").read()
        refused = refusal(data, tree.fromstring(data))
        if refused:
            status = say(refused)
        else:
            state["xml"] = data.decode("utf-16")
    elif state["xml"] is None:
        status = say("ERROR: The system cannot find the file specified.")
    elif verb == "/Query":
        print(state["xml"])
    elif verb == "/Run":
        root = tree.fromstring(state["xml"].encode("utf-16"))
        text = {child.tag.removeprefix(NAMESPACE): child.text for child in root.find(f".//{NAMESPACE}Exec")}
        arguments = windows_words(text["Arguments"])
        if root.findtext(f".//{NAMESPACE}Settings/{NAMESPACE}Enabled") != "true":
            status = say("ERROR: The scheduled task is disabled.")
        elif text["Command"] != system + "conhost.exe" or arguments[0] != "--headless":
            status = say("a console window appears")
        else:
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
            subprocess.Popen(arguments[1:], cwd=text["WorkingDirectory"], **silent)
    elif verb == "/Delete" and "/F" in words:
        state["xml"] = None
    else:
        status = 64
json.dump(state, open(state_file, "w"))
sys.exit(status)
