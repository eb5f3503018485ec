/*
 * A library with the functions of Core Foundation, Core Audio, AudioToolbox and Objective-C that src/macos/ calls, with
 * the types of Apple's headers. The test sets its world with the fake_... functions. A call that macOS would not take
 * ends the process.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int32_t OSStatus;
typedef uint32_t UInt32;
typedef unsigned char Boolean;
typedef const void *CFTypeRef;
typedef struct String { uint32_t magic; char text[256]; } *CFStringRef;
typedef struct { UInt32 selector, scope, element; } AudioObjectPropertyAddress;
typedef struct {
  double sampleRate;
  UInt32 formatID, formatFlags, bytesPerPacket, framesPerPacket, bytesPerFrame, channelsPerFrame, bitsPerChannel, reserved;
} AudioStreamBasicDescription;
typedef struct {
  const UInt32 capacity;
  void *const data;
  UInt32 byteSize;
  void *userData;
  const UInt32 packetCapacity;
  void *const packets;
  UInt32 packetCount;
} AudioQueueBuffer, *AudioQueueBufferRef;
typedef struct Queue *AudioQueueRef;
typedef void (*Callback)(void *, AudioQueueRef, AudioQueueBufferRef, const void *, UInt32, const void *);
struct Queue {
  Callback callback;
  CFStringRef mode;
  pthread_t thread;
  AudioQueueBufferRef waiting[32];
  int count, started;
  long delivered;
  double begin;
  char device[256];
};

_Static_assert(sizeof(AudioStreamBasicDescription) == 40, "AudioStreamBasicDescription");
_Static_assert(sizeof(AudioObjectPropertyAddress) == 12, "AudioObjectPropertyAddress");

static int live, permission = 3, chosen = 1, plugged = 3, level = 8000, start_status;
static AudioQueueRef running;
static int loop_place, stopping;

void fake_world(int with_permission, int default_device, int devices, int sound, int status) {
  permission = with_permission;
  chosen = default_device;
  plugged = devices;
  level = sound;
  start_status = status;
}
int fake_live(void) { return live; }
const char *fake_device(void) { return running ? running->device : ""; }

static void require(int right, const char *what) {
  if (right) return;
  fprintf(stderr, "wrong call of %s\n", what);
  abort();
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Core Foundation */
CFStringRef CFStringCreateWithCString(void *allocator, const char *text, UInt32 encoding) {
  require(!allocator && encoding == 0x08000100, "CFStringCreateWithCString");
  CFStringRef string = calloc(1, sizeof *string);
  string->magic = 0xcf;
  snprintf(string->text, sizeof string->text, "%s", text);
  live++;
  return string;
}
Boolean CFStringGetCString(CFStringRef string, char *buffer, long size, UInt32 encoding) {
  require(string->magic == 0xcf && encoding == 0x08000100, "CFStringGetCString");
  return snprintf(buffer, size, "%s", string->text) < size;
}
void CFRelease(CFTypeRef object) {
  struct String *string = (struct String *)object;
  require(string->magic == 0xcf, "CFRelease");
  string->magic = 0;
  live--;
  free(string);
}
void *CFRunLoopGetCurrent(void) { return &loop_place; }

/* One source a pass, as documented: 4 handled, 3 timed out. */
int32_t CFRunLoopRunInMode(CFStringRef mode, double seconds, Boolean once) {
  AudioQueueRef queue = running;
  require(mode->magic == 0xcf && seconds == 0 && once == 1, "CFRunLoopRunInMode");
  stopping = 0;
  if (!queue || !queue->started || mode != queue->mode || !level) return 3;
  require(pthread_equal(pthread_self(), queue->thread), "CFRunLoopRunInMode: thread");
  long due = (long)((now() - queue->begin) / 0.02);
  if (queue->delivered >= due || queue->count == 0) return 3;
  AudioQueueBufferRef buffer = queue->waiting[0];
  memmove(queue->waiting, queue->waiting + 1, --queue->count * sizeof buffer);
  int16_t *samples = buffer->data;
  for (UInt32 i = 0; i < buffer->capacity / 2; i++) samples[i] = level == 1 ? 0 : (i % 32 < 16 ? level : -level);
  buffer->byteSize = buffer->capacity;
  queue->delivered++;
  queue->callback((void *)0, queue, buffer, NULL, buffer->capacity / 2, NULL);
  return 4;
}

/* Core Audio: devices 1 and 2 record, 3 plays. */
static const char *uids[] = {"", "BuiltInMicrophone", "AppleUSBAudio:1", "BuiltInSpeaker"};
static const char *names[] = {"", "MacBook Pro Microphone", "USB \xc2\xb5-Mic", "MacBook Pro Speakers"};

static int exists(UInt32 object) { return object >= 1 && object <= 3 && (object > 2 || (plugged & (int)object)); }

OSStatus AudioObjectGetPropertyDataSize(UInt32 object, const AudioObjectPropertyAddress *address, UInt32 qualifierSize,
                                        const void *qualifier, UInt32 *size) {
  require(!qualifierSize && !qualifier && address->element == 0, "AudioObjectGetPropertyDataSize");
  if (address->selector == 'dIn ' || address->selector == 'dev#') require(object == 1, "the system object");
  if (address->selector == 'dIn ') return *size = 4, 0;
  if (address->selector == 'dev#') return *size = 4 * (1 + (plugged & 1) + (plugged >> 1 & 1)), 0;
  if (!exists(object - 40)) return 560947818; /* kAudioHardwareBadObjectError */
  if (address->selector == 'stm#')
    return *size = address->scope == 'inpt' && object - 40 < 3 ? 4 : 0, 0;
  require(address->selector == 'lnam' || address->selector == 'uid ', "property");
  return *size = 8, 0;
}

OSStatus AudioObjectGetPropertyData(UInt32 object, const AudioObjectPropertyAddress *address, UInt32 qualifierSize,
                                    const void *qualifier, UInt32 *size, void *data) {
  UInt32 wanted;
  OSStatus status = AudioObjectGetPropertyDataSize(object, address, qualifierSize, qualifier, &wanted);
  if (status) return status;
  require(*size == wanted, "AudioObjectGetPropertyData");
  if (address->selector == 'dIn ') *(UInt32 *)data = chosen ? 40 + chosen : 0;
  if (address->selector == 'dev#') {
    UInt32 *ids = data;
    for (UInt32 id = 1; id <= 3; id++)
      if (exists(id)) *ids++ = 40 + id;
  }
  if (address->selector == 'lnam' || address->selector == 'uid ') {
    const char *text = (address->selector == 'lnam' ? names : uids)[object - 40];
    *(CFStringRef *)data = CFStringCreateWithCString(NULL, text, 0x08000100);
  }
  return 0;
}

/* AudioToolbox */
OSStatus AudioQueueNewInput(const AudioStreamBasicDescription *format, Callback callback, void *user, void *loop,
                            CFStringRef mode, UInt32 flags, AudioQueueRef *out) {
  require(format->sampleRate == 16000 && format->formatID == 'lpcm' && format->formatFlags == 12 &&
              format->bytesPerPacket == 2 && format->framesPerPacket == 1 && format->bytesPerFrame == 2 &&
              format->channelsPerFrame == 1 && format->bitsPerChannel == 16 && !format->reserved && callback && !user &&
              loop == &loop_place && mode->magic == 0xcf && !flags && !running,
          "AudioQueueNewInput");
  running = *out = calloc(1, sizeof **out);
  **out = (struct Queue){.callback = callback, .mode = mode, .thread = pthread_self()};
  live++;
  return 0;
}
OSStatus AudioQueueSetProperty(AudioQueueRef queue, UInt32 property, const void *data, UInt32 size) {
  require(queue == running && property == 'aqcd' && size == 8 && !queue->started, "AudioQueueSetProperty");
  snprintf(queue->device, sizeof queue->device, "%s", (*(CFStringRef *)data)->text);
  return 0;
}
OSStatus AudioQueueAllocateBuffer(AudioQueueRef queue, UInt32 bytes, AudioQueueBufferRef *out) {
  require(queue == running && bytes == 640, "AudioQueueAllocateBuffer");
  AudioQueueBuffer made = {.capacity = bytes, .data = calloc(1, bytes)};
  *out = malloc(sizeof made);
  memcpy(*out, &made, sizeof made);
  return 0;
}
OSStatus AudioQueueEnqueueBuffer(AudioQueueRef queue, AudioQueueBufferRef buffer, UInt32 count, const void *packets) {
  require(queue == running && !count && !packets && queue->count < 32, "AudioQueueEnqueueBuffer");
  queue->waiting[queue->count++] = buffer;
  return 0;
}
OSStatus AudioQueueStart(AudioQueueRef queue, const void *time) {
  require(queue == running && !time && queue->count == 16 && queue->device[0], "AudioQueueStart");
  usleep(50000);
  queue->begin = now();
  queue->started = !start_status;
  return start_status;
}
/* Waits, as a queue may, until its run loop has run once more. */
OSStatus AudioQueueDispose(AudioQueueRef queue, Boolean immediate) {
  require(queue == running && immediate == 1, "AudioQueueDispose");
  queue->started = 0;
  stopping = 1;
  for (int i = 0; stopping && i < 5000; i++) usleep(1000);
  require(!stopping, "AudioQueueDispose: nobody runs the run loop");
  running = NULL;
  live--;
  return 0;
}

/* Objective-C */
void *objc_getClass(const char *name) { return strcmp(name, "AVCaptureDevice") ? NULL : (void *)&permission; }
const char *sel_registerName(const char *name) { return name; }
uintptr_t objc_msgSend(void *receiver, const char *selector, CFStringRef argument) {
  require(receiver == (void *)&permission && !strcmp(selector, "authorizationStatusForMediaType:") &&
              !strcmp(argument->text, "soun"),
          "objc_msgSend");
  return (uintptr_t)permission;
}
