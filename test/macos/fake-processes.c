/*
 * A library with the functions of libproc that src/macos/process-list.ts calls, and these processes, with the structs of
 * sys/proc_info.h. Processes of root answer the short form only, as for a user of macOS.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct proc_bsdshortinfo {
  uint32_t pid, ppid, pgid, status;
  char comm[16];
  uint32_t flags, uid, gid, ruid, rgid, svuid, svgid, rfu;
};
struct proc_bsdinfo {
  uint32_t flags, status, xstatus, pid, ppid, uid, gid, ruid, rgid, svuid, svgid, rfu;
  char comm[16], name[32];
  uint32_t nfiles, pgid, pjobc, e_tdev, e_tpgid;
  int32_t nice;
  uint64_t start_tvsec, start_tvusec;
};
struct vinfo_stat {
  uint32_t dev;
  uint16_t mode, nlink;
  uint64_t ino;
  uint32_t uid, gid;
  int64_t times[8];
  int64_t size, blocks;
  int32_t blksize;
  uint32_t flags, gen, rdev;
  int64_t qspare[2];
};
struct vnode_info {
  struct vinfo_stat stat;
  int type, pad;
  int32_t fsid[2];
};
struct vnode_info_path {
  struct vnode_info vi;
  char path[1024];
};
struct proc_vnodepathinfo {
  struct vnode_info_path cdir, rdir;
};
_Static_assert(sizeof(struct proc_bsdshortinfo) == 64, "proc_bsdshortinfo");
_Static_assert(sizeof(struct proc_bsdinfo) == 136, "proc_bsdinfo");
_Static_assert(sizeof(struct vnode_info) == 152, "vnode_info");
_Static_assert(sizeof(struct proc_vnodepathinfo) == 2352, "proc_vnodepathinfo");

static const struct {
  uint32_t pid, ppid, pgid, uid, tty, foreground;
  const char *name, *folder;
} processes[] = {
    {1, 0, 1, 0, 0xffffffff, 0, "launchd", "/"},
    {100, 1, 100, 501, 0xffffffff, 0, "Terminal", "/"},
    /* A tab: a shell whose editor is in front, with a child elsewhere. */
    {101, 100, 101, 0, 0x10000000, 103, "login", "/"},
    {102, 101, 102, 501, 0x10000000, 103, "-zsh", "/Users/me"},
    {103, 102, 103, 501, 0x10000000, 103, "vim", "/Users/me/web \xc3\xa4pp"},
    {104, 103, 103, 501, 0x10000000, 103, "sh", "/tmp"},
    /* A tab with tmux, and one whose program belongs to root. */
    {111, 100, 111, 0, 0x10000001, 112, "login", "/"},
    {112, 111, 112, 501, 0x10000001, 112, "tmux", "/Users/me/other"},
    {121, 100, 121, 0, 0x10000002, 122, "login", "/"},
    {122, 121, 122, 0, 0x10000002, 122, "sudo", "/root"},
    /* Another app. */
    {200, 1, 200, 501, 0x10000003, 200, "sh", "/Users/me/third"},
};
#define COUNT (int)(sizeof processes / sizeof *processes)

int proc_listallpids(void *buffer, int size) {
  if (!buffer) return COUNT;
  int room = size / 4 < COUNT ? size / 4 : COUNT;
  for (int i = 0; i < room; i++) ((int32_t *)buffer)[i] = (int32_t)processes[i].pid;
  return room;
}

int proc_pidinfo(int pid, int flavor, uint64_t argument, void *buffer, int size) {
  for (int i = 0; i < COUNT; i++) {
    if ((int)processes[i].pid != pid) continue;
    memset(buffer, 0, size);
    if (flavor == 13 && size == 64 && !argument) {
      struct proc_bsdshortinfo *info = buffer;
      *info = (struct proc_bsdshortinfo){.pid = pid, .ppid = processes[i].ppid, .pgid = processes[i].pgid};
      snprintf(info->comm, sizeof info->comm, "%s", processes[i].name);
      return size;
    }
    if (processes[i].uid == 0) return 0; /* EPERM */
    if (flavor == 3 && size == 136) {
      struct proc_bsdinfo *info = buffer;
      info->pid = pid;
      info->e_tdev = processes[i].tty;
      info->e_tpgid = processes[i].foreground;
      return size;
    }
    if (flavor == 9 && size == 2352) {
      struct proc_vnodepathinfo *info = buffer;
      snprintf(info->cdir.path, sizeof info->cdir.path, "%s", processes[i].folder);
      return size;
    }
  }
  return 0;
}
