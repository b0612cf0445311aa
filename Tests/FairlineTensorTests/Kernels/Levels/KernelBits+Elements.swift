import CFairlineKernels
import Testing

extension KernelBits {
  private typealias OfTwo = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int64
  ) -> Void

  private static func ofTwo(_ name: String, _ kernel: @escaping OfTwo) -> Case {
    each(name) { hash, count, n in
      hash.add(count) { kernel($0, numbers(count), numbers(count, seed: 2), n) }
    }
  }

  static var elements: [Case] {
    [
      ofTwo("add", fl_add), ofTwo("sub", fl_sub), ofTwo("mul", fl_mul), ofTwo("div", fl_div),
      ofTwo("tanh_grad", fl_tanh_grad), ofTwo("log_add_exp", fl_log_add_exp),
      each("fill") { hash, count, n in hash.add(count) { fl_fill($0, 2.5, n) } },
      each("scale") { hash, count, n in hash.add(count) { fl_scale($0, numbers(count), 0.3, n) } },
      each("add_scalar") { hash, count, n in
        hash.add(count) { fl_add_scalar($0, numbers(count), 0.3, n) }
      },
      each("axpy") { hash, count, n in hash.add(count) { fl_axpy($0, -1.7, numbers(count), n) } },
      each("apply") { hash, count, n in
        for range in [-3...3, -100...100] as [ClosedRange<Float>] {
          for op in KernelTests.operations {
            hash.add(count) { fl_apply(op, $0, numbers(count, in: range), n) }
          }
        }
      },
      each("apply_grad") { hash, count, n in
        for op in KernelTests.operations {
          hash.add(count) { fl_apply_grad(op, $0, numbers(count, seed: 2), numbers(count), n) }
        }
      },
      each("to_half") { hash, count, n in
        for range in [-3...3, -1e-4...1e-4, -1e5...1e5] as [ClosedRange<Float>] {
          var halves = [UInt16](repeating: 0, count: count)
          fl_to_half(&halves, numbers(count, in: range), n)
          hash.add(halves)
        }
      },
    ]
  }

  static var reductions: [Case] {
    [
      each("sum") { hash, count, n in hash.add(fl_sum(numbers(count), n)) },
      each("sum_squares") { hash, count, n in hash.add(fl_sum_squares(numbers(count), n)) },
      each("max_abs") { hash, count, n in hash.add([fl_max_abs(numbers(count), n)]) },
      each("all_finite") { hash, count, n in
        var x = numbers(count)
        hash.add(bits: fl_all_finite(x, n) ? 1 : 0)
        x[count / 2] = .infinity
        hash.add(bits: fl_all_finite(x, n) ? 1 : 0)
      },
      eachMatrix("column_sum") { hash, rows, columns in
        hash.add(columns) {
          fl_column_sum(
            $0, numbers(rows * (columns + 3)), Int64(rows), Int64(columns), Int64(columns + 3))
        }
      },
      eachMatrix("row_max") { hash, rows, columns in
        var places = [Int32](repeating: 0, count: rows)
        hash.add(rows) {
          fl_row_max($0, &places, numbers(rows * columns), Int64(rows), Int64(columns))
        }
        hash.add(places)
      },
    ]
  }

  static var random: [Case] {
    [
      each("random_words") { hash, count, n in
        for first in [0, 5, 1 << 34] as [UInt64] {
          var words = [UInt32](repeating: 0, count: count)
          fl_random_words(&words, 42, 7, first, n)
          hash.add(words)
        }
      },
      each("random_uniform") { hash, count, n in
        hash.add(count) { fl_random_uniform($0, -1.3, 0.7, 42, 7, 3, n) }
      },
      each("random_normal") { hash, count, n in
        for first in [0, 3] as [UInt64] {
          hash.add(count) { fl_random_normal($0, 0.1, 2.5, 42, 7, first, n) }
        }
      },
      each("dropout") { hash, count, n in
        hash.add(count) { fl_dropout($0, numbers(count), 0.3, 42, 7, 5, n) }
      },
      each("dropout_grad") { hash, count, n in
        hash.add(count) { fl_dropout_grad($0, numbers(count), 0.3, 42, 7, 5, n) }
      },
    ]
  }

  static var search: [Case] {
    [
      each("best_cells") { hash, count, n in
        for x in [numbers(count), numbers(count).map { ($0 * 4).rounded() }] {
          for k in [1, 5, 40] where k <= count {
            var (values, cells) = ([Float](repeating: 0, count: k), [Int32](repeating: 0, count: k))
            let excluded: [Int32] = count > 50 ? [3, 40] : []
            let found = fl_best_cells(
              &values, &cells, x, n, Int64(k), excluded, Int64(excluded.count))
            hash.add(values[..<Int(found)] + [])
            hash.add(cells[..<Int(found)] + [])
          }
        }
      },
      each("scaled_log_sum") { hash, count, n in
        hash.add([fl_scaled_log_sum(numbers(count), n, 3, 0.7)])
      },
    ]
  }
}
