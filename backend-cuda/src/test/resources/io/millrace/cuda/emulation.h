// Runs kernels on the processor: blocks one after another, the threads of a block as fibers where
// they wait for each other. What NVRTC builds in is defined here.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <tuple>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __constant__ static const
#define __shared__ static
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) __attribute__((aligned(n)))
#define __builtin_assume(x)

struct Index3 {
  unsigned x = 0, y = 0, z = 0;
};
static Index3 threadIdx, blockIdx, blockDim, gridDim;
static const int warpSize = 32;

#define VECTOR2(T, V) struct __align__(2 * sizeof(T)) V { T x, y; }; \
  static inline V make_##V(T x, T y) { return V{x, y}; }
#define VECTOR4(T, V) struct __align__(sizeof(T) > 4 ? 16 : 4 * sizeof(T)) V { T x, y, z, w; }; \
  static inline V make_##V(T x, T y, T z, T w) { return V{x, y, z, w}; }
VECTOR2(float, float2) VECTOR2(double, double2) VECTOR2(int, int2) VECTOR2(unsigned, uint2)
VECTOR2(long long, longlong2) VECTOR2(unsigned long long, ulonglong2)
VECTOR2(unsigned char, uchar2) VECTOR2(char, char2) VECTOR2(short, short2)
VECTOR2(unsigned short, ushort2)
VECTOR4(float, float4) VECTOR4(double, double4) VECTOR4(int, int4) VECTOR4(unsigned, uint4)
VECTOR4(long long, longlong4) VECTOR4(unsigned long long, ulonglong4)
VECTOR4(unsigned char, uchar4) VECTOR4(char, char4) VECTOR4(short, short4)
VECTOR4(unsigned short, ushort4)

// ---- fibers -------------------------------------------------------------------------------------

namespace emulation {
enum State { READY, AT_BLOCK_BARRIER, AT_WARP_BARRIER, DONE };

struct Fiber {
  void* stack = nullptr;
  void* at = nullptr;
  State state = READY;
  Index3 index;
};

static const int MOST = 1024;
static const size_t STACK = 128 << 10;
static Fiber fibers[MOST];
static Fiber* current = nullptr;
static void* scheduler = nullptr;
static void (*entry)(void*) = nullptr;
static void* entryArgument = nullptr;
static const char* trouble = nullptr;
static unsigned char exchange[32][32][16];

extern "C" __attribute__((visibility("hidden"))) void emulation_switch(void** from, void* to);
__asm__(
    ".text\n.hidden emulation_switch\n.globl emulation_switch\nemulation_switch:\n"
    "push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\n"
    "mov %rsp,(%rdi)\nmov %rsi,%rsp\n"
    "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n");

static void body() {
  entry(entryArgument);
  current->state = DONE;
  emulation_switch(&current->at, scheduler);
  abort();
}

static void wait(State state) {
  Fiber* self = current;
  self->state = state;
  emulation_switch(&self->at, scheduler);
  threadIdx = self->index;
}

static void prepare(Fiber& fiber, unsigned x) {
  if (!fiber.stack) {
    fiber.stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  void** top = (void**)((char*)fiber.stack + STACK - 64);
  *--top = nullptr;
  *--top = (void*)body;
  for (int i = 0; i < 6; i++) *--top = nullptr;
  fiber.at = top;
  fiber.state = READY;
  fiber.index = Index3{x, 0, 0};
}

// In which order threads and blocks run, where nothing makes them wait: what they compute must not
// depend on it. Numbers that have no factor in common with the count visit all of it.
struct Order {
  unsigned first, step, count;
  Order(unsigned seed, unsigned count) : count(count) {
    first = seed % 3 == 0 ? 0 : seed % 3 == 1 ? count - 1 : seed * 2654435761u % count;
    step = seed % 3 == 0 ? 1 : seed % 3 == 1 ? count - 1 : seed * 40503u % count | 1;
    while (std::__gcd(step, count) != 1) step++;
  }
  unsigned at(unsigned i) const { return (unsigned)((first + (unsigned long long)i * step) % count); }
};

static void runBlock(unsigned count, unsigned seed) {
  for (unsigned i = 0; i < count; i++) prepare(fibers[i], i);
  Order order(seed, count);
  while (true) {
    bool progress = false;
    unsigned done = 0, atBlock = 0;
    for (unsigned turn = 0; turn < count; turn++) {
      unsigned i = order.at(turn);
      if (fibers[i].state == READY) {
        current = &fibers[i];
        threadIdx = current->index;
        emulation_switch(&scheduler, current->at);
        progress = true;
      }
      if (fibers[i].state == DONE) done++;
      if (fibers[i].state == AT_BLOCK_BARRIER) atBlock++;
    }
    if (done == count) return;
    if (atBlock == count) {
      for (unsigned i = 0; i < count; i++) fibers[i].state = READY;
      progress = true;
    }
    for (unsigned warp = 0; warp < count; warp += 32) {
      bool all = true;
      for (unsigned i = warp; i < warp + 32; i++) all &= fibers[i].state == AT_WARP_BARRIER;
      if (all) {
        for (unsigned i = warp; i < warp + 32; i++) fibers[i].state = READY;
        progress = true;
      }
    }
    if (!progress) {
      trouble = "threads wait for others that have gone or wait elsewhere";
      return;
    }
  }
}

template <class T>
static T fromLane(T value, unsigned lane) {
  unsigned own = current->index.x;
  memcpy(exchange[own / 32][own % 32], &value, sizeof(T));
  wait(AT_WARP_BARRIER);
  T result;
  memcpy(&result, exchange[own / 32][lane % 32], sizeof(T));
  wait(AT_WARP_BARRIER);
  return result;
}

template <class... A, size_t... I>
static void call(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
  kernel(*(std::remove_reference_t<A>*)arguments[I]...);
}

template <class... A>
struct Bound {
  void (*kernel)(A...);
  void** arguments;
  static void run(void* self) {
    Bound* bound = (Bound*)self;
    call(bound->kernel, bound->arguments, std::index_sequence_for<A...>());
  }
};

template <class... A>
static const char* launch(
    void (*kernel)(A...), bool waits, unsigned gx, unsigned gy, unsigned threads, unsigned seed,
    void** arguments) {
  Bound<A...> bound{kernel, arguments};
  trouble = nullptr;
  gridDim = Index3{gx, gy, 1};
  blockDim = Index3{threads, 1, 1};
  entry = Bound<A...>::run;
  entryArgument = &bound;
  Order across(seed, gx), down(seed, gy), within(seed, threads);
  for (unsigned y = 0; y < gy && !trouble; y++) {
    for (unsigned x = 0; x < gx && !trouble; x++) {
      blockIdx = Index3{across.at(x), down.at(y), 0};
      if (waits) {
        runBlock(threads, seed);
      } else {
        for (unsigned t = 0; t < threads; t++) {
          threadIdx = Index3{within.at(t), 0, 0};
          entry(entryArgument);
        }
      }
    }
  }
  return trouble;
}
}  // namespace emulation

// ---- what threads do together ---------------------------------------------------------------------

static inline void __syncthreads() { emulation::wait(emulation::AT_BLOCK_BARRIER); }
static inline void __syncwarp(unsigned = ~0u) { emulation::wait(emulation::AT_WARP_BARRIER); }
static inline void __threadfence() {}
static inline void __threadfence_block() {}
#define LANE (threadIdx.x % 32)
template <class T> static inline T __shfl_sync(unsigned, T v, int lane, int width = 32) {
  return emulation::fromLane(v, (LANE & ~(width - 1)) + (lane & (width - 1)));
}
template <class T> static inline T __shfl_xor_sync(unsigned, T v, int mask, int width = 32) {
  unsigned to = LANE ^ mask;
  return emulation::fromLane(v, to / width > LANE / width ? LANE : to);
}
template <class T> static inline T __shfl_down_sync(unsigned, T v, unsigned by, int width = 32) {
  unsigned to = LANE + by;
  return emulation::fromLane(v, to / width != LANE / width ? LANE : to);
}
template <class T> static inline T __shfl_up_sync(unsigned, T v, unsigned by, int width = 32) {
  int to = (int)LANE - (int)by;
  return emulation::fromLane(v, to < (int)(LANE / width * width) ? LANE : (unsigned)to);
}
static inline unsigned __ballot_sync(unsigned, int predicate) {
  unsigned own = emulation::current->index.x;
  unsigned flag = predicate != 0;
  memcpy(emulation::exchange[own / 32][own % 32], &flag, 4);
  emulation::wait(emulation::AT_WARP_BARRIER);
  unsigned result = 0;
  for (int i = 0; i < 32; i++) {
    unsigned other;
    memcpy(&other, emulation::exchange[own / 32][i], 4);
    result |= other << i;
  }
  emulation::wait(emulation::AT_WARP_BARRIER);
  return result;
}
static inline int __any_sync(unsigned m, int p) { return __ballot_sync(m, p) != 0; }
static inline int __all_sync(unsigned m, int p) { return __ballot_sync(m, p) == ~0u; }
static inline unsigned __activemask() { return ~0u; }
static inline int __syncthreads_or(int p) {
  static int any;
  __syncthreads(); if (threadIdx.x == 0) any = 0;
  __syncthreads(); if (p) any = 1;
  __syncthreads(); return any;
}
static inline int __syncthreads_and(int p) { return !__syncthreads_or(!p); }
static inline int __syncthreads_count(int p) {
  static int count;
  __syncthreads(); if (threadIdx.x == 0) count = 0;
  __syncthreads(); if (p) count++;
  __syncthreads(); return count;
}

#define ATOMIC(NAME, NEXT) \
  template <class T> static inline T NAME(T* at, std::common_type_t<T> v) { \
    T old = *at; *at = NEXT; return old; \
  }
ATOMIC(atomicAdd, (T)(old + v)) ATOMIC(atomicSub, (T)(old - v)) ATOMIC(atomicExch, v)
ATOMIC(atomicMin, old < v ? old : v) ATOMIC(atomicMax, old > v ? old : v)
ATOMIC(atomicAnd, (T)(old & v)) ATOMIC(atomicOr, (T)(old | v)) ATOMIC(atomicXor, (T)(old ^ v))
template <class T>
static inline T atomicCAS(T* at, std::common_type_t<T> compare, std::common_type_t<T> v) {
  T old = *at;
  if (old == compare) *at = v;
  return old;
}

// ---- arithmetic -------------------------------------------------------------------------------------

template <class To, class From> static inline To bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "");
  To to;
  memcpy(&to, &from, sizeof(To));
  return to;
}
static inline int __float_as_int(float x) { return bits<int>(x); }
static inline unsigned __float_as_uint(float x) { return bits<unsigned>(x); }
static inline float __int_as_float(int x) { return bits<float>(x); }
static inline float __uint_as_float(unsigned x) { return bits<float>(x); }
static inline long long __double_as_longlong(double x) { return bits<long long>(x); }
static inline double __longlong_as_double(long long x) { return bits<double>(x); }
static inline double __hiloint2double(int hi, int lo) {
  return bits<double>((unsigned long long)(unsigned)hi << 32 | (unsigned)lo);
}
static inline int __double2hiint(double x) { return (int)(bits<unsigned long long>(x) >> 32); }
static inline int __double2loint(double x) { return (int)bits<unsigned long long>(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) {
  return (unsigned)((unsigned long long)a * b >> 32);
}
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((unsigned __int128)a * b >> 64);
}
static inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(x); }
static inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll(x); }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline unsigned __brev(unsigned x) {
  unsigned r = 0;
  for (int i = 0; i < 32; i++) r |= (x >> i & 1) << (31 - i);
  return r;
}
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return std::sqrt(a); }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dsub_rn(double a, double b) { return a - b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double a) { return std::sqrt(a); }
static inline double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
static inline float rsqrtf(float a) { return 1 / std::sqrt(a); }
static inline double rsqrt(double a) { return 1 / std::sqrt(a); }
static inline float __saturatef(float a) { return a > 0 ? a < 1 ? a : 1 : 0; }
template <class T> static inline T __ldg(const T* p) { return *p; }
template <class T> static inline T __ldcs(const T* p) { return *p; }
template <class T> static inline void __stcs(T* p, T v) { *p = v; }
// As the device converts: to the nearest integer in range, NaN to 0 (of 64 bits to the least).
static inline int __float2int_rz(float x) {
  return x != x ? 0 : x >= 0x1p31f ? INT32_MAX : x <= -0x1p31f ? INT32_MIN : (int)x;
}
static inline int __double2int_rz(double x) {
  return x != x ? 0 : x >= 0x1p31 ? INT32_MAX : x <= -0x1p31 ? INT32_MIN : (int)x;
}
static inline long long __float2ll_rz(float x) {
  return x != x ? INT64_MIN : x >= 0x1p63f ? INT64_MAX : x <= -0x1p63f ? INT64_MIN : (long long)x;
}
static inline long long __double2ll_rz(double x) {
  return x != x ? INT64_MIN : x >= 0x1p63 ? INT64_MAX : x <= -0x1p63 ? INT64_MIN : (long long)x;
}
static inline float __ll2float_rn(long long x) { return (float)x; }
static inline float __int2float_rn(int x) { return (float)x; }
static inline double __ll2double_rn(long long x) { return (double)x; }
static inline float __double2float_rn(double x) { return (float)x; }
using std::isfinite;
using std::isinf;
using std::isnan;
using std::max;
using std::min;
using std::signbit;
