/*
 * A library with the functions of Carbon that src/macos/carbon.ts calls, with the types of Apple's headers
 * (CarbonEvents.h, CarbonEventsCore.h). FAKE_CARBON names a folder: `keys` is a FIFO with one line for each stroke
 * ("down CODE MODIFIERS" or "up ..."), `calls` gets what the program did, and a file `refuse` holds an OSStatus.
 * A call that real Carbon would not take ends the process.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int32_t OSStatus;
typedef uint32_t UInt32;
typedef unsigned long ItemCount;
typedef unsigned long ByteCount;
typedef unsigned char Boolean;
typedef double EventTimeout;
typedef struct { UInt32 signature; UInt32 id; } EventHotKeyID;
typedef struct { UInt32 eventClass; UInt32 eventKind; } EventTypeSpec;
typedef struct Event { UInt32 kind; EventHotKeyID id; } *EventRef;
typedef struct HotKey { UInt32 code, modifiers; EventHotKeyID id; int used; } *EventHotKeyRef;
typedef struct Target *EventTargetRef;

_Static_assert(sizeof(EventHotKeyID) == 8 && sizeof(EventTypeSpec) == 8, "sizes of the headers");

static struct HotKey keys[8];
static int target_place, keys_fd = -1;
static char line[64];
static size_t line_length;

static void path_of(char *path, const char *name) { snprintf(path, 512, "%s/%s", getenv("FAKE_CARBON"), name); }

static void note(const char *format, ...) {
  char path[512];
  path_of(path, "calls");
  FILE *calls = fopen(path, "a");
  va_list values;
  va_start(values, format);
  vfprintf(calls, format, values);
  va_end(values);
  fclose(calls);
}

static void require(int right, const char *what) {
  if (right) return;
  note("wrong %s\n", what);
  fprintf(stderr, "wrong %s\n", what);
  _exit(3);
}

EventTargetRef GetEventDispatcherTarget(void) { return (EventTargetRef)&target_place; }

OSStatus RegisterEventHotKey(UInt32 code, UInt32 modifiers, EventHotKeyID id, EventTargetRef target, UInt32 options,
                             EventHotKeyRef *out) {
  char path[512];
  require(target == (EventTargetRef)&target_place && options == 1 && id.signature == 'cdxv', "RegisterEventHotKey");
  path_of(path, "refuse");
  FILE *refuse = fopen(path, "r");
  if (refuse) {
    int status = 0, which = 0, read = fscanf(refuse, "%d %d", &status, &which);
    fclose(refuse);
    if (read < 2 || which == (int)id.id) return status;
  }
  for (int i = 0; i < 8; i++)
    if (keys[i].used && keys[i].code == code && keys[i].modifiers == modifiers) return -9878;
  for (int i = 0; i < 8; i++) {
    if (keys[i].used) continue;
    keys[i] = (struct HotKey){code, modifiers, id, 1};
    *out = &keys[i];
    note("register %u 0x%x as %u\n", code, modifiers, id.id);
    return 0;
  }
  return -9868;
}

OSStatus UnregisterEventHotKey(EventHotKeyRef ref) {
  require(ref >= keys && ref < keys + 8 && ref->used, "UnregisterEventHotKey");
  ref->used = 0;
  note("unregister %u\n", ref->code);
  return 0;
}

/* One stroke; 0: there is none yet. */
static int stroke(char *verb, UInt32 *code, UInt32 *modifiers) {
  while (line_length < sizeof line - 1 && read(keys_fd, line + line_length, 1) == 1) {
    if (line[line_length++] != '\n') continue;
    line[line_length] = 0;
    line_length = 0;
    return sscanf(line, "%7s %u %x", verb, code, modifiers) == 3;
  }
  return 0;
}

OSStatus ReceiveNextEvent(ItemCount count, const EventTypeSpec *types, EventTimeout seconds, Boolean pull,
                          EventRef *out) {
  char verb[8];
  UInt32 code, modifiers;
  require(count == 2 && types[0].eventClass == 'keyb' && types[1].eventClass == 'keyb' && types[0].eventKind == 5 &&
              types[1].eventKind == 6 && pull == 1 && seconds > 0.01 && seconds < 1,
          "ReceiveNextEvent");
  if (keys_fd < 0) {
    char path[512];
    path_of(path, "keys");
    keys_fd = open(path, O_RDWR | O_NONBLOCK);
  }
  struct pollfd wait = {keys_fd, POLLIN, 0};
  if (poll(&wait, 1, (int)(seconds * 1000)) <= 0) return -9875;
  if (!stroke(verb, &code, &modifiers)) return -9875;
  if (!strcmp(verb, "die")) _exit(4);
  if (!strcmp(verb, "quit")) return -9876;
  int foreign = !strcmp(verb, "foreign");
  for (int i = 0; i < 8; i++) {
    if (!foreign && (!keys[i].used || keys[i].code != code || keys[i].modifiers != modifiers)) continue;
    EventRef event = malloc(sizeof *event);
    *event = (struct Event){strcmp(verb, "up") ? 5 : 6, keys[i].id};
    if (foreign) event->id = (EventHotKeyID){'else', 1};
    *out = event;
    return 0;
  }
  return -9875; /* Another app gets it. */
}

UInt32 GetEventKind(EventRef event) { return event->kind; }

OSStatus GetEventParameter(EventRef event, UInt32 name, UInt32 type, UInt32 *actual, ByteCount size, ByteCount *length,
                           void *data) {
  require(name == '----' && type == 'hkid' && !actual && size == sizeof event->id && !length, "GetEventParameter");
  memcpy(data, &event->id, size);
  return 0;
}

OSStatus SendEventToEventTarget(EventRef event, EventTargetRef target) {
  require(target == (EventTargetRef)&target_place && event->id.signature == 'else', "SendEventToEventTarget");
  note("passed on\n");
  return -9874; /* eventNotHandledErr */
}

void ReleaseEvent(EventRef event) { free(event); }
