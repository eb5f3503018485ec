/*
 * Runs Codex, whose path is CODEX, with the same arguments. Wine 10.0 gives the first program of a pseudoconsole no
 * standard handles, with which Codex 0.171.0 ends at once; Windows gives it those of the console, and so does this.
 */
#include <windows.h>

static HANDLE console(const WCHAR *name) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING,
                     0, NULL);
}

/* The command line without the first word, and with the space before the second. */
static const WCHAR *arguments(void) {
  const WCHAR *rest = GetCommandLineW();
  BOOL quoted = FALSE;
  for (; *rest && (quoted || *rest != L' '); rest++)
    if (*rest == L'"') quoted = !quoted;
  return rest;
}

int wmain(void) {
  static WCHAR command[32768] = L"\"" CODEX L"\"";
  lstrcatW(command, arguments());
  STARTUPINFOW start = {sizeof start};
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  if (start.hStdOutput == NULL) {
    start.hStdInput = console(L"CONIN$");
    start.hStdOutput = start.hStdError = console(L"CONOUT$");
  }
  /* Who ends this program ends Codex. */
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  HANDLE job = CreateJobObjectW(NULL, NULL);
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  PROCESS_INFORMATION codex;
  DWORD status = 1;
  if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start, &codex)) return 126;
  AssignProcessToJobObject(job, codex.hProcess);
  ResumeThread(codex.hThread);
  WaitForSingleObject(codex.hProcess, INFINITE);
  GetExitCodeProcess(codex.hProcess, &status);
  return (int)status;
}
