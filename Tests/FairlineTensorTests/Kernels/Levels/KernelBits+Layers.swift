import CFairlineKernels
import Testing

extension KernelBits {
  static var layers: [Case] {
    softmax + normalisation + [
      eachMatrix("bias_activation") { hash, rows, columns in
        for (place, op) in KernelTests.operations.enumerated() {
          var pre = [Float](repeating: 0, count: rows * columns)
          hash.add(rows * columns) {
            fl_bias_activation(
              $0, &pre, numbers(rows * columns), numbers(columns, seed: 2), Int64(rows),
              Int64(columns), op, place % 2 == 0 ? 0 : 0.2, 42, 7, 3)
          }
          hash.add(pre)
        }
      },
      eachMatrix("bias_activation_grad") { hash, rows, columns in
        for (place, op) in KernelTests.operations.enumerated() {
          var bias = numbers(columns, seed: 4)
          hash.add(rows * columns) {
            fl_bias_activation_grad(
              $0, &bias, numbers(rows * columns), numbers(rows * columns, seed: 2), Int64(rows),
              Int64(columns), op, place % 2 == 0 ? 0 : 0.2, 42, 7, 3)
          }
          hash.add(bias)
        }
      },
      eachMatrix("embed") { hash, rows, columns in
        let (ids, places) = (chosen(rows, of: 9), chosen(rows, of: 4))
        hash.add(rows * columns) {
          fl_embed(
            $0, numbers(9 * columns), ids, numbers(4 * columns, seed: 2), places, Int64(rows),
            Int64(columns), 1.7)
        }
      },
      eachMatrix("embed_grad") { hash, rows, columns in
        hash.add(9 * columns) {
          fl_embed_grad(
            $0, numbers(rows * columns), chosen(rows, of: 9), Int64(rows), Int64(columns), 0,
            Int64(columns), 1.7, 2)
        }
      },
      eachMatrix("transpose") { hash, rows, columns in
        for adds in [false, true] {
          hash.add(rows * (columns + 1)) {
            fl_transpose(
              $0, Int64(columns + 1), numbers(columns * (rows + 2)), Int64(rows + 2), Int64(rows),
              Int64(columns), adds)
          }
        }
      },
    ]
  }

  /// Indices below `bound`.
  static func chosen(_ count: Int, of bound: Int) -> [Int32] {
    (0..<count).map { Int32(($0 * 7 + 2) % bound) }
  }

  private static var softmax: [Case] {
    [
      eachMatrix("softmax") { hash, rows, columns in
        hash.add(rows * columns) {
          fl_softmax($0, numbers(rows * columns), Int64(rows), Int64(columns))
        }
      },
      eachMatrix("softmax_grad") { hash, rows, columns in
        let (y, dy) = (numbers(rows * columns, in: 0...1), numbers(rows * columns, seed: 2))
        hash.add(rows * columns) { fl_softmax_grad($0, y, dy, Int64(rows), Int64(columns)) }
      },
      eachMatrix("log_softmax") { hash, rows, columns in
        hash.add(rows * columns) {
          fl_log_softmax($0, numbers(rows * columns), Int64(rows), Int64(columns))
        }
      },
      eachMatrix("log_softmax_grad") { hash, rows, columns in
        let (y, dy) = (numbers(rows * columns, in: -9...0), numbers(rows * columns, seed: 2))
        hash.add(rows * columns) { fl_log_softmax_grad($0, y, dy, Int64(rows), Int64(columns)) }
      },
      eachMatrix("cross_entropy") { hash, rows, columns in
        for smoothing in [0, 0.1] as [Float] {
          var (loss, nll) = ([Float](repeating: 0, count: rows), [Float](repeating: 0, count: rows))
          var best = [Int32](repeating: 0, count: rows)
          let targets = chosen(rows, of: columns).enumerated().map { $0 == 2 ? -1 : $1 }
          hash.add(rows * columns) {
            fl_cross_entropy(
              $0, targets, Int64(rows), Int64(columns), smoothing, true, &loss, &nll, &best)
          }
          hash.add(loss + nll)
          hash.add(best)
        }
      },
    ]
  }

  private static var normalisation: [Case] {
    [
      eachMatrix("layer_norm") { hash, rows, columns in
        var (mean, deviation) = (numbers(rows), numbers(rows))
        hash.add(rows * columns) {
          fl_layer_norm(
            $0, &mean, &deviation, numbers(rows * columns), numbers(columns, seed: 2),
            numbers(columns, seed: 3), Int64(rows), Int64(columns), 1e-5)
        }
        hash.add(mean + deviation)
      },
      eachMatrix("layer_norm_grad") { hash, rows, columns in
        let inverse = numbers(columns, in: 1...2, seed: 6)
        for inverse in [nil, inverse] {
          var (scale, shift) = (numbers(columns, seed: 4), numbers(columns, seed: 5))
          hash.add(rows * columns) { target in
            withPointer(to: inverse) { inverse in
              fl_layer_norm_grad(
                target, true, &scale, &shift, numbers(rows * columns),
                numbers(rows * columns, seed: 2), numbers(rows, seed: 7),
                numbers(rows, in: 0.5...2, seed: 8), numbers(columns, seed: 3),
                numbers(columns, seed: 10), inverse,
                Int64(rows), Int64(columns))
            }
          }
          hash.add(scale + shift)
        }
      },
      eachMatrix("residual_norm") { hash, rows, columns in
        for p in [0, 0.3] as [Float] {
          var (mean, deviation, y) = (numbers(rows), numbers(rows), numbers(rows * columns))
          hash.add(rows * columns) {
            fl_residual_norm(
              $0, &y, &mean, &deviation, numbers(rows * columns), numbers(columns, seed: 2),
              numbers(rows * columns, seed: 3), numbers(columns, seed: 4),
              numbers(columns, seed: 5), Int64(rows), Int64(columns), 1e-5, p, 42, 7, 3)
          }
          hash.add(mean + deviation + y)
        }
      },
    ]
  }
}
