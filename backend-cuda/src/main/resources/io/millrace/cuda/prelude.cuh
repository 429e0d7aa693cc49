// What all kernels may use. No header is included: NVRTC has none on a machine without a toolkit.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#ifdef WIDE
typedef long long index_t;
struct Divisor {
  long long d;
};
__device__ inline index_t operator/(index_t n, Divisor v) { return n / v.d; }
#else
typedef int index_t;
// Granlund and Montgomery: n / d as a product of high halves, for n < 2^31.
struct Divisor {
  unsigned d, multiplier, shift;
};
__device__ inline index_t operator/(index_t n, Divisor v) {
  return (index_t)((__umulhi((unsigned)n, v.multiplier) + (unsigned)n) >> v.shift);
}
#endif
__device__ inline index_t operator%(index_t n, Divisor v) { return n - (n / v) * (index_t)v.d; }

// The number of this thread among all threads of the grid along x, and how many there are.
__device__ inline index_t thread() { return (index_t)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ inline index_t threads() { return (index_t)gridDim.x * blockDim.x; }

// The status word holds the code of the step that failed first, or this.
#define NOTHING_FAILED 0xFFFFFFFFu
__device__ inline bool closed(const unsigned* gate) {
  return gate && *(const volatile unsigned*)gate != NOTHING_FAILED;
}
__device__ inline void fail(unsigned* status, unsigned code) { atomicMin(status, code); }
