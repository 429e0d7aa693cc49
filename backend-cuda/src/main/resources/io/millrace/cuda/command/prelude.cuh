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

// ---- Scalar functions -----------------------------------------------------------------------------
// Named as in BinaryFn and UnaryFn, for those that C++ does not define, or defines otherwise.

// So many elements that are loaded and stored at once.
template <class T, int N>
struct __align__(sizeof(T) * N) Pack {
  T v[N];
};

// Signed overflow is undefined in C++; here arithmetic wraps.
__device__ inline int add(int x, int y) { return (int)((u32)x + (u32)y); }
__device__ inline int sub(int x, int y) { return (int)((u32)x - (u32)y); }
__device__ inline int mul(int x, int y) { return (int)((u32)x * (u32)y); }
__device__ inline int neg(int x) { return (int)(0u - (u32)x); }
__device__ inline long long add(long long x, long long y) { return (long long)((u64)x + (u64)y); }
__device__ inline long long sub(long long x, long long y) { return (long long)((u64)x - (u64)y); }
__device__ inline long long mul(long long x, long long y) { return (long long)((u64)x * (u64)y); }
__device__ inline long long neg(long long x) { return (long long)(0ull - (u64)x); }
__device__ inline u8 add(u8 x, u8 y) { return (u8)(x + y); }
__device__ inline u8 sub(u8 x, u8 y) { return (u8)(x - y); }
__device__ inline u8 mul(u8 x, u8 y) { return (u8)(x * y); }
__device__ inline u8 neg(u8 x) { return (u8)(0 - x); }
__device__ inline float add(float x, float y) { return x + y; }
__device__ inline float sub(float x, float y) { return x - y; }
__device__ inline float mul(float x, float y) { return x * y; }
__device__ inline double add(double x, double y) { return x + y; }
__device__ inline double sub(double x, double y) { return x - y; }
__device__ inline double mul(double x, double y) { return x * y; }

// NaN if either is, and -0.0 is less than 0.0. Of equal numbers only zeros differ in their bits.
__device__ inline float maximum(float x, float y) {
  return x > y || x != x ? x : x == y ? __int_as_float(__float_as_int(x) & __float_as_int(y)) : y;
}
__device__ inline float minimum(float x, float y) {
  return x < y || x != x ? x : x == y ? __int_as_float(__float_as_int(x) | __float_as_int(y)) : y;
}
__device__ inline double maximum(double x, double y) {
  return x > y || x != x ? x
       : x == y ? __longlong_as_double(__double_as_longlong(x) & __double_as_longlong(y)) : y;
}
__device__ inline double minimum(double x, double y) {
  return x < y || x != x ? x
       : x == y ? __longlong_as_double(__double_as_longlong(x) | __double_as_longlong(y)) : y;
}
template <class T> __device__ inline T maximum(T x, T y) { return x > y ? x : y; }
template <class T> __device__ inline T minimum(T x, T y) { return x < y ? x : y; }

template <class T> __device__ inline T sign(T x) {
  return x > (T)0 ? (T)1 : x < (T)0 ? (T)-1 : x == (T)0 ? (T)0 : x;
}
template <class T> __device__ inline T magnitude(T x) { return x < (T)0 ? neg(x) : x; }

// Integers divided by zero give 0; that it is an error is found elsewhere.
template <class T> __device__ inline T divide(T x, T y) {
  return y == (T)0 ? (T)0 : (T)-1 < (T)0 && y == (T)-1 ? neg(x) : (T)(x / y);
}
template <class T> __device__ inline T truncateMod(T x, T y) {
  return y == (T)0 || ((T)-1 < (T)0 && y == (T)-1) ? (T)0 : (T)(x % y);
}
template <class T> __device__ inline T floorMod(T x, T y) {
  T r = truncateMod(x, y);
  return r != (T)0 && (r < (T)0) != (y < (T)0) ? (T)(r + y) : r;
}
template <class T> __device__ inline T floorDivide(T x, T y) {
  T q = divide(x, y);
  return truncateMod(x, y) != (T)0 && (x < (T)0) != (y < (T)0) ? (T)(q - 1) : q;
}
__device__ inline float floorMod(float x, float y) {
  float r = fmodf(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
__device__ inline double floorMod(double x, double y) {
  double r = fmod(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

// By squaring; 0 for negative powers, which are an error.
template <class T> __device__ inline T power(T x, T y) {
  if (y < (T)0) return 0;
  T result = 1;
  while (true) {
    if (y & 1) result = mul(result, x);
    y >>= 1;
    if (y == (T)0) return result;
    x = mul(x, x);
  }
}

// Counts beyond the number of bits count as the nearest that is not.
__device__ inline int shiftCount(int y) { return y < 0 ? 0 : y > 31 ? 31 : y; }
__device__ inline int shiftCount(long long y) { return y < 0 ? 0 : y > 63 ? 63 : (int)y; }
__device__ inline int shiftCount(u8 y) { return y > 7 ? 7 : y; }
__device__ inline int shiftLeft(int x, int y) { return (int)((u32)x << shiftCount(y)); }
__device__ inline u8 shiftLeft(u8 x, u8 y) { return (u8)(x << shiftCount(y)); }
__device__ inline long long shiftLeft(long long x, long long y) {
  return (long long)((u64)x << shiftCount(y));
}
template <class T> __device__ inline T shiftRight(T x, T y) { return (T)(x >> shiftCount(y)); }

// Floating numbers beyond an integer type's range become its ends, NaN becomes 0.
template <class T> __device__ inline int toInt(T x) {
  return x >= (T)2147483648.0 ? 2147483647 : x <= (T)-2147483648.0 ? -2147483647 - 1
       : x == x ? (int)x : 0;
}
template <class T> __device__ inline long long toLong(T x) {
  return x >= (T)9223372036854775808.0 ? 9223372036854775807ll
       : x <= (T)-9223372036854775808.0 ? -9223372036854775807ll - 1 : x == x ? (long long)x : 0;
}
template <class T> __device__ inline u8 toByte(T x) {
  return x >= (T)255 ? (u8)255 : x > (T)0 ? (u8)(int)x : (u8)0;
}
