import CFairlineKernels
import Testing

extension KernelBits {
  /// Queries, keys, channels of a head.
  private static let heads = [
    (1, 1, 4), (2, 5, 16), (3, 40, 20), (7, 33, 64), (20, 20, 32), (50, 70, 24), (100, 130, 64),
  ]

  private static func plans(_ body: (inout fl_attention, Int, Int, Int) -> Void) {
    for (queries, keys, head) in heads {
      for (causal, p) in [(false, 0), (true, 0.2)] as [(Bool, Float)] {
        var plan = fl_attention()
        (plan.queries, plan.keys, plan.head_dim) = (Int64(queries), Int64(keys), Int64(head))
        let row = Int64(head + 3)
        (plan.ldq, plan.ldk, plan.ldv, plan.ldo) = (row, row, row, row)
        (plan.scale, plan.causal, plan.p) = (1 / Float(head).squareRoot(), causal, p)
        (plan.key, plan.stream, plan.first) = (42, 7, 3)
        body(&plan, queries, keys, head + 3)
      }
    }
  }

  static var attention: [Case] {
    [
      (
        "attention_forward",
        { hash in
          plans { plan, queries, keys, row in
            var sums = [Float](repeating: 0, count: queries)
            var weights = [Float](repeating: 0, count: queries * keys)
            hash.add(queries * row) {
              fl_attention_forward(
                &plan, $0, &sums, &weights, numbers(queries * row), numbers(keys * row, seed: 2),
                numbers(keys * row, seed: 3))
            }
            hash.add(sums + weights)
          }
        }
      ),
      (
        "attention_backward",
        { hash in
          plans { plan, queries, keys, row in
            let (q, k) = (numbers(queries * row), numbers(keys * row, seed: 2))
            let v = numbers(keys * row, seed: 3)
            var out = [Float](repeating: 0, count: queries * row)
            var sums = [Float](repeating: 0, count: queries)
            fl_attention_forward(&plan, &out, &sums, nil, q, k, v)
            var (dk, dv) = (numbers(keys * row, seed: 4), numbers(keys * row, seed: 5))
            hash.add(queries * row) {
              fl_attention_backward(
                &plan, $0, &dk, &dv, numbers(queries * row, seed: 6), out, sums, q, k, v)
            }
            hash.add(dk + dv)
          }
        }
      ),
      (
        "step_attention",
        { hash in
          for (heads, size) in [(1, 16), (4, 64), (3, 5), (2, 20), (5, 32), (2, 128)] {
            for keys in [1, 5, 16, 37] {
              for half in [false, true] { step(&hash, heads, size, keys, half) }
            }
          }
        }
      ),
    ]
  }

  private static func step(
    _ hash: inout BitHash, _ heads: Int, _ size: Int, _ keys: Int, _ half: Bool
  ) {
    let channels = heads * size
    let cache = numbers(50 * 2 * channels, seed: 2)
    var halves = [UInt16](repeating: 0, count: cache.count)
    fl_to_half(&halves, cache, Int64(cache.count))
    let rows = chosen(3 * keys, of: 50)
    var weights = [Float](repeating: 0, count: 3 * heads * keys)
    hash.add(3 * channels) { result in
      cache.withUnsafeBytes { cache in
        halves.withUnsafeBytes { halves in
          var plan = fl_step(
            queries: 3, keys: Int64(keys), heads: Int64(heads), head_dim: Int64(size),
            ldq: Int64(channels), ldo: Int64(channels), ldr: Int64(keys),
            cache: half ? halves.baseAddress : cache.baseAddress, ld: Int64(2 * channels),
            value: Int64(channels), scale: 1 / Float(size).squareRoot(), half: half, next: nil,
            next_queries: 0, next_keys: 0)
          fl_step_attention(&plan, result, &weights, numbers(3 * channels), rows)
        }
      }
    }
    hash.add(weights)
  }
}
