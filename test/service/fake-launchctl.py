#!/usr/bin/python3
"""launchctl as codex-voice uses it: reads the property list, runs its program, knows one job. FAKE_STATE is its memory."""
import json, os, plistlib, signal, subprocess, sys, time

state_file = os.environ["FAKE_STATE"]
state = json.load(open(state_file)) if os.path.exists(state_file) else {"job": None, "disabled": False, "calls": []}
verb, *rest = sys.argv[1:]
state["calls"].append(sys.argv[1:])


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def end(status):
    json.dump(state, open(state_file, "w"))
    sys.exit(status)


job = state["job"]
if verb == "bootstrap":
    if job:
        print("Bootstrap failed: 5: Input/output error", file=sys.stderr)
        end(5)
    definition = plistlib.load(open(rest[1], "rb"))
    errors = open(definition["StandardErrorPath"], "a")
    process = subprocess.Popen(definition["ProgramArguments"], stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)
    state["job"] = {"pid": process.pid, "target": f'{rest[0]}/{definition["Label"]}', "definition": definition}
elif verb == "bootout":
    if not job or job["target"] != rest[0]:
        end(3)
    if alive(job["pid"]):
        os.kill(job["pid"], signal.SIGTERM)
    while alive(job["pid"]):
        time.sleep(0.02)
    state["job"] = None
elif verb == "enable":
    state["disabled"] = False
elif verb == "disable":
    state["disabled"] = True
elif verb == "print-disabled":
    word = "disabled" if state["disabled"] else "enabled"
    print(f'disabled services = {{\n\t\t"io.github.codex-voice" => {word}\n}}')
elif verb == "print" and rest[0].count("/") == 1:
    print(f"{rest[0]} = {{\n}}")
elif verb == "print":
    if not job or job["target"] != rest[0]:
        print("Could not find service", file=sys.stderr)
        end(113)
    running = alive(job["pid"])
    lines = [f"\tstate = {'running' if running else 'not running'}"]
    lines.append(f"\tpid = {job['pid']}" if running else "\tlast exit code = 1")
    print(f"{rest[0]} = {{\n" + "\n".join(lines) + "\n}")
else:
    end(64)
end(0)
