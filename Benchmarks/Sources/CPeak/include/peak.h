#ifndef FAIRLINE_BENCHMARKS_PEAK_H
#define FAIRLINE_BENCHMARKS_PEAK_H

/// The rate of float32 multiply-adds that touch no memory, in billions of operations a second, over
/// `threads` threads.
///
/// The widest vectors are used that the processor has and `level` allows: 2 for AVX-512, 1 for
/// AVX2, 0 for neither. A multiply-add counts as two operations.
double fl_peak_rate(int threads, int level);

#endif
