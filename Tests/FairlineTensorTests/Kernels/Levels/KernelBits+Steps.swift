import CFairlineKernels
import Testing

extension KernelBits {
  /// Moments and the like are not negative.
  private static func positive(_ count: Int, _ seed: UInt64) -> [Float] {
    numbers(count, in: 0.01...2, seed: seed)
  }

  static var steps: [Case] {
    optimizers + factored + [
      each("linear_sum") { hash, count, n in
        combination(count) { base, terms, factors in
          for base in [nil, base] {
            hash.add(count) { target in
              var sum = fl_weighted_sum(
                target: target, base: base, terms: terms, factors: factors, count: 3)
              fl_linear_sum(&sum, 0, n)
            }
          }
        }
      },
      each("scaled_error") { hash, count, n in
        combination(count) { base, terms, factors in
          let error = fl_scaled_error(
            base, terms, factors, 3, numbers(count, seed: 5), numbers(count, seed: 6), 1e-3, 1e-4, n
          )
          hash.add(error.sum_of_squares)
          hash.add([error.largest])
          hash.add(bits: error.finite ? 1 : 0)
        }
      },
    ]
  }

  /// Calls `body` with a base, three terms and their factors.
  private static func combination(
    _ count: Int,
    _ body: (UnsafePointer<Float>?, UnsafePointer<UnsafePointer<Float>?>?, UnsafePointer<Float>?)
      -> Void
  ) {
    let terms = numbers(3 * count, seed: 3)
    numbers(count).withUnsafeBufferPointer { base in
      terms.withUnsafeBufferPointer { terms in
        let pointers = (0..<3).map { index in terms.baseAddress.map { $0 + index * count } }
        pointers.withUnsafeBufferPointer { pointers in
          ([0.5, -0.3, 1.7] as [Float]).withUnsafeBufferPointer {
            body(base.baseAddress, pointers.baseAddress, $0.baseAddress)
          }
        }
      }
    }
  }

  private static var optimizers: [Case] {
    [
      each("adam") { hash, count, n in
        var (m, v) = (numbers(count, seed: 2), positive(count, 3))
        hash.add(count) {
          fl_adam($0, &m, &v, numbers(count), n, 0.7, 1e-3, 2e-3, 0.9, 0.98, 1e-8, 0.01)
        }
        hash.add(m + v)
      },
      each("sgd") { hash, count, n in
        for first in [false, true] {
          var buffer = numbers(count, seed: 2)
          hash.add(count) {
            fl_sgd($0, &buffer, numbers(count), n, 0.7, 0.1, 0.9, 0.01, first)
          }
          hash.add(buffer)
        }
      },
      each("nag") { hash, count, n in
        var buffer = numbers(count, seed: 2)
        hash.add(count) { fl_nag($0, &buffer, numbers(count), n, 0.7, 0.1, 1.1, 0.9, 0.01) }
        hash.add(buffer)
      },
      each("adagrad") { hash, count, n in
        var sum = positive(count, 2)
        hash.add(count) { fl_adagrad($0, &sum, numbers(count), n, 0.7, 0.1, 1e-10, 0.01) }
        hash.add(sum)
      },
      each("adadelta") { hash, count, n in
        var (squares, steps) = (positive(count, 2), positive(count, 3))
        hash.add(count) {
          fl_adadelta($0, &squares, &steps, numbers(count), n, 0.7, 0.1, 0.9, 1e-6, 0.01)
        }
        hash.add(squares + steps)
      },
      each("adamax") { hash, count, n in
        var (m, most) = (numbers(count, seed: 2), positive(count, 3))
        hash.add(count) {
          fl_adamax($0, &m, &most, numbers(count), n, 0.7, 1e-3, 2e-3, 0.9, 0.98, 1e-8, 0.01)
        }
        hash.add(m + most)
      },
    ]
  }

  private static var factored: [Case] {
    [
      eachMatrix("mean_squares") { hash, rows, columns in
        var row = positive(rows, 2)
        hash.add(columns, in: 0...1) {
          fl_mean_squares(
            &row, $0, numbers(rows * columns), Int64(rows), Int64(columns), 0.7, 1e-30, 0.9)
        }
        hash.add(row)
      },
      eachMatrix("factored_squares") { hash, rows, columns in
        hash.add(
          fl_factored_squares(
            numbers(rows * columns), positive(rows, 2), positive(columns, 3), Int64(rows),
            Int64(columns), 0.7))
      },
      eachMatrix("factored_step") { hash, rows, columns in
        var m = numbers(rows * columns, seed: 4)
        hash.add(rows * columns) {
          fl_factored_step(
            $0, &m, numbers(rows * columns), positive(rows, 2), positive(columns, 3), Int64(rows),
            Int64(columns), 0.7, 0.1, 0.9, 0.01)
        }
        hash.add(m)
      },
    ]
  }
}
