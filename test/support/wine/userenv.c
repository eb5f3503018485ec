/*
 * Stands beside a Windows program in the place of userenv.dll, of which Node imports one function, and cures what Wine
 * 10.0 does to koffi 3.3.4: Wine reads the fifth argument of each call of its kernel, also of those with fewer. koffi makes
 * calls on a stack of its own, which ends above the fourth argument with a page that cannot be read. RegisterHotKey, which
 * is such a call, then never returned. Windows reads only what there is. Here that page becomes a part of the stack.
 */
#include <windows.h>
#include <string.h>

#define PAGE 4096

typedef LPVOID(WINAPI *Allocate)(LPVOID, SIZE_T, DWORD, DWORD);
static Allocate real;

/* True for a stack of koffi: all that is reserved but a page before and a page behind it. */
static BOOL is_stack(LPVOID at, SIZE_T size, DWORD type, DWORD protection) {
  MEMORY_BASIC_INFORMATION behind;
  return at != NULL && type == MEM_COMMIT && protection == PAGE_READWRITE &&
         VirtualQuery((BYTE *)at + size, &behind, sizeof behind) != 0 && behind.State == MEM_RESERVE &&
         behind.AllocationBase == (BYTE *)at - PAGE && behind.RegionSize == PAGE;
}

static LPVOID WINAPI allocate(LPVOID at, SIZE_T size, DWORD type, DWORD protection) {
  return real(at, is_stack(at, size, type, protection) ? size + PAGE : size, type, protection);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  /* kernel32's function is a jump to kernelbase's, with room behind it: mov rax, allocate; jmp rax. */
  BYTE jump[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
  const void *to = (const void *)allocate;
  memcpy(jump + 2, &to, sizeof to);
  real = (Allocate)(void *)GetProcAddress(GetModuleHandleA("kernelbase.dll"), "VirtualAlloc");
  void *from = (void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "VirtualAlloc");
  DWORD before;
  if (real == NULL || !VirtualProtect(from, sizeof jump, PAGE_EXECUTE_READWRITE, &before)) return FALSE;
  memcpy(from, jump, sizeof jump);
  return VirtualProtect(from, sizeof jump, before, &before);
}

__declspec(dllexport) BOOL WINAPI GetUserProfileDirectoryW(HANDLE token, LPWSTR folder, LPDWORD size) {
  DWORD needed = GetEnvironmentVariableW(L"USERPROFILE", NULL, 0);
  DWORD given = *size;
  *size = needed;
  if (folder == NULL || given < needed) {
    SetLastError(ERROR_INSUFFICIENT_BUFFER);
    return FALSE;
  }
  return GetEnvironmentVariableW(L"USERPROFILE", folder, given) != 0;
}
