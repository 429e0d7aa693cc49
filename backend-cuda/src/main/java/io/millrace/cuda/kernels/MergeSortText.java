package io.millrace.cuda.kernels;

/** The device code of {@link MergeSort}. */
final class MergeSortText {
  private MergeSortText() {}

  /** Records with keys of 32 bits are one integer. */
  static final String SMALL =
      """
      typedef u64 record;
      #define LAST (~0ull)
      __device__ inline record make(u32 key, u32 position) { return (u64)key << 32 | position; }
      __device__ inline u32 keyOf(record r) { return (u32)(r >> 32); }
      __device__ inline u32 positionOf(record r) { return (u32)r; }
      __device__ inline bool less(record a, record b) { return a < b; }
      """;

  /** Records with keys of 64 bits. */
  static final String LARGE =
      """
      struct __align__(16) record { u64 key, position; };
      #define LAST make(~0ull, 0xFFFFFFFFu)
      __device__ inline record make(u64 key, u32 position) {
        record r;
        r.key = key;
        r.position = position;
        return r;
      }
      __device__ inline u64 keyOf(record r) { return r.key; }
      __device__ inline u32 positionOf(record r) { return (u32)r.position; }
      __device__ inline bool less(record a, record b) {
        return a.key < b.key || (a.key == b.key && a.position < b.position);
      }
      """;

  /** What both kernels call; eight neighbouring records are a thread's. */
  static final String FUNCTIONS =
      """
      #define THREADS 256
      #define EACH 8
      #define TILE (THREADS * EACH)

      // Where a record of the tile is: the padding spreads the threads' records over the banks.
      __device__ inline int slot(int i) { return i + (i >> 3); }

      __device__ inline void order(record& a, record& b) {
        if (less(b, a)) {
          record other = a;
          a = b;
          b = other;
        }
      }

      // Sorts by odd-even transposition.
      __device__ inline void sortMine(record* mine) {
      #pragma unroll
        for (int round = 0; round < EACH; round++) {
      #pragma unroll
          for (int i = round & 1; i + 1 < EACH; i += 2) order(mine[i], mine[i + 1]);
        }
      }

      // How many of the first `diagonal` records of two merged runs of a tile are the first run's.
      __device__ inline int split(
          const record* all, int a, int countA, int b, int countB, int diagonal) {
        int low = diagonal > countB ? diagonal - countB : 0;
        int high = diagonal < countA ? diagonal : countA;
        while (low < high) {
          int middle = (low + high) >> 1;
          if (less(all[slot(b + diagonal - 1 - middle)], all[slot(a + middle)])) {
            high = middle;
          } else {
            low = middle + 1;
          }
        }
        return low;
      }

      // Merges what two runs of a tile have left, as much as is a thread's.
      __device__ inline void merge(
          const record* all, int a, int endA, int b, int endB, record* mine) {
        record left = a < endA ? all[slot(a)] : LAST;
        record right = b < endB ? all[slot(b)] : LAST;
      #pragma unroll
        for (int i = 0; i < EACH; i++) {
          if (less(right, left)) {
            mine[i] = right;
            b++;
            right = b < endB ? all[slot(b)] : LAST;
          } else {
            mine[i] = left;
            a++;
            left = a < endA ? all[slot(a)] : LAST;
          }
        }
      }
      """;

  /** Sorts tiles of {@code 1 << shift} records; a block has 2048 records of several tiles. */
  static final String TILES =
      """
        __shared__ record all[TILE + TILE / 8];
        const int span = 1 << shift;
        const index_t group = (index_t)blockIdx.x * (TILE >> shift);
        record mine[EACH];
        for (int k = 0; k < EACH; k++) {
          int i = k * THREADS + threadIdx.x;
          index_t row = (group + (i >> shift)) / tiles;
          index_t tile = group + (i >> shift) - row * (index_t)tiles.d;
          index_t at = tile * span + (i & (span - 1));
          record r = LAST;
          if (row < rows && at < count) {
            index_t element = row * count + at;
            r = LOAD;
          }
          all[slot(i)] = r;
        }
        __syncthreads();
        const int own = threadIdx.x * EACH;
      #pragma unroll
        for (int i = 0; i < EACH; i++) mine[i] = all[slot(own + i)];
        sortMine(mine);
      #pragma unroll
        for (int i = 0; i < EACH; i++) all[slot(own + i)] = mine[i];
        __syncthreads();
        for (int run = EACH; run < span; run *= 2) {
          int a = own & ~(2 * run - 1);
          int b = a + run;
          int taken = split(all, a, run, b, run, own - a);
          merge(all, a + taken, b, b + own - a - taken, b + run, mine);
          __syncthreads();
      #pragma unroll
          for (int i = 0; i < EACH; i++) all[slot(own + i)] = mine[i];
          __syncthreads();
        }
        for (int k = 0; k < EACH; k++) {
          int i = k * THREADS + threadIdx.x;
          index_t row = (group + (i >> shift)) / tiles;
          index_t tile = group + (i >> shift) - row * (index_t)tiles.d;
          index_t w = i & (span - 1);
          if (row < rows && w < kept && tile * span + w < count) {
            record r = all[slot(i)];
            STORE
          }
        }
      """;

  /** Merges pairs of runs of a row; a block makes 2048 records of one pair. */
  static final String MERGE =
      """
        __shared__ record all[TILE + TILE / 8];
        __shared__ index_t bounds[2];
        const index_t number = (index_t)blockIdx.x / blocksOfPair;
        const index_t begin = ((index_t)blockIdx.x - number * (index_t)blocksOfPair.d) * TILE;
        const index_t row = number / pairs;
        const index_t pair = number - row * (index_t)pairs.d;
        const index_t left = count - pair * 2 * run;
        const index_t countA = left < run ? left : run;
        const index_t countB = left - countA < run ? left - countA : run;
        const index_t limit = countA + countB < kept ? countA + countB : kept;
        const index_t end = begin + TILE < limit ? begin + TILE : limit;
        if (begin >= limit) return;
        const record* a = from + row * count + pair * 2 * run;
        const record* b = a + countA;

        // A warp finds each end of the tile in the runs, halving five times at once.
        if (threadIdx.x < 64) {
          const index_t diagonal = threadIdx.x < 32 ? begin : end;
          index_t low = diagonal > countB ? diagonal - countB : 0;
          index_t high = diagonal < countA ? diagonal : countA;
          while (low < high) {
            index_t step = (high - low + 31) / 32;
            index_t middle = low + (index_t)(threadIdx.x % 32) * step;
            bool beyond = middle >= high || less(b[diagonal - 1 - middle], a[middle]);
            unsigned lanes = __ballot_sync(0xffffffffu, beyond);
            int first = lanes ? __ffs(lanes) - 1 : 32;
            if (first == 0) {
              high = low;
            } else {
              index_t above = low + first * step;
              low = above - step + 1;
              high = above < high ? above : high;
            }
          }
          if (threadIdx.x % 32 == 0) bounds[threadIdx.x / 32] = low;
        }
        __syncthreads();
        const index_t beginA = bounds[0];
        const index_t beginB = begin - beginA;
        const int sizeA = (int)(bounds[1] - beginA);
        const int size = (int)(end - begin);
        for (int i = threadIdx.x; i < size; i += THREADS) {
          all[slot(i)] = i < sizeA ? a[beginA + i] : b[beginB + i - sizeA];
        }
        __syncthreads();
        const int own = threadIdx.x * EACH;
        const int diagonal = own < size ? own : size;
        const int taken = split(all, 0, sizeA, sizeA, size - sizeA, diagonal);
        record mine[EACH];
        merge(all, taken, sizeA, sizeA + diagonal - taken, size, mine);
        __syncthreads();
      #pragma unroll
        for (int i = 0; i < EACH; i++) all[slot(own + i)] = mine[i];
        __syncthreads();
        for (int i = threadIdx.x; i < size; i += THREADS) {
          const index_t w = begin + i;
          record r = all[slot(i)];
          STORE
        }
      """;
}
