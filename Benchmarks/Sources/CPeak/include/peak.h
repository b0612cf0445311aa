#ifndef FAIRLINE_BENCHMARKS_PEAK_H
#define FAIRLINE_BENCHMARKS_PEAK_H

/// The rate of float32 multiply-adds that touch no memory, in billions of operations a second, over `threads` threads.
///
/// The widest vectors of the processor are used; a multiply-add counts as two operations.
double fl_peak_rate(int threads);

#endif
