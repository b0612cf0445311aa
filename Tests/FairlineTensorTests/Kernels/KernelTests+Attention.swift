import CFairlineKernels
import Foundation
import Testing

/// One head's inputs, with gaps between the rows, and what plain loops make of them.
private struct AttentionCase {
  var a: fl_attention
  let q: [Float], k: [Float], v: [Float], dout: [Float]
  var out: [Double], lse: [Double], probabilities: [Double]
  var dq: [Double], dk: [Double], dv: [Double]

  init(queries: Int, keys: Int, head: Int, causal: Bool, p: Float, first: UInt64) {
    a = fl_attention(
      queries: Int64(queries), keys: Int64(keys), head_dim: Int64(head), ldq: Int64(head + 3),
      ldk: Int64(head + 5), ldv: Int64(head + 1), ldo: Int64(head + 2),
      scale: 1 / Float(head).squareRoot(), causal: causal, p: p, key: 77, stream: 5, first: first)
    q = numbers(queries * (head + 3), in: -2...2)
    k = numbers(keys * (head + 5), in: -2...2, seed: 2)
    v = numbers(keys * (head + 1), in: -1...1, seed: 3)
    dout = numbers(queries * (head + 2), in: -1...1, seed: 4)
    out = [Double](repeating: 0.75, count: dout.count)
    lse = [Double](repeating: -.infinity, count: queries)
    probabilities = [Double](repeating: 0, count: queries * keys)
    (dq, dk, dv) = (
      q.map { _ in 0.75 }, k.map { _ in 0.75 }, v.map { _ in 0.75 }
    )
    let mask = KernelTests.mask(queries * keys, p: p, key: 77, stream: 5, first: first)
    for i in 0..<queries {
      let own = causal ? max(0, min(keys, i + 1 + keys - queries)) : keys
      attend(from: i, to: own, mask: Array(mask[i * keys..<(i + 1) * keys]))
    }
  }

  private mutating func attend(from i: Int, to own: Int, mask: [Double]) {
    let head = Int(a.head_dim)
    let (qi, oi) = (i * (head + 3), i * (head + 2))
    let scores = (0..<own).map { j in
      Double(a.scale)
        * (0..<head).reduce(0) { $0 + Double(q[qi + $1]) * Double(k[j * (head + 5) + $1]) }
    }
    lse[i] = logSumExp(scores)
    let weights = scores.map { exp($0 - lse[i]) }
    for c in 0..<head {
      out[oi + c] = (0..<own).reduce(0) {
        $0 + weights[$1] * mask[$1] * Double(v[$1 * (head + 1) + c])
      }
    }
    let total = (0..<head).reduce(0) { $0 + out[oi + $1] * Double(dout[oi + $1]) }
    for j in 0..<own {
      probabilities[i * Int(a.keys) + j] = weights[j]
      let (kj, vj) = (j * (head + 5), j * (head + 1))
      let along = (0..<head).reduce(0) { $0 + Double(dout[oi + $1]) * Double(v[vj + $1]) }
      let slope = weights[j] * (mask[j] * along - total) * Double(a.scale)
      for c in 0..<head {
        dv[vj + c] += weights[j] * mask[j] * Double(dout[oi + c])
        dq[qi + c] += slope * Double(k[kj + c])
        dk[kj + c] += slope * Double(q[qi + c])
      }
    }
  }

  func check(_ what: String) {
    var a = a
    var lse = [Float](repeating: 0, count: lse.count)
    var out: [Float] = []
    let probabilities = written(probabilities.count) { probabilities in
      out = written(dout.count) { fl_attention_forward(&a, $0, &lse, probabilities, q, k, v) }
    }
    expectClose(out, self.out, within: 5e-6, "out \(what)")
    expectClose(lse, self.lse, within: 5e-6, "log-sum-exp \(what)")
    expectClose(probabilities, self.probabilities, within: 5e-6, "probabilities \(what)")
    #expect(written(dout.count) { fl_attention_forward(&a, $0, nil, nil, q, k, v) } == out)
    var (dk, dv) = ([Float](), [Float]())
    let dq = written(q.count) { dq in
      dk = written(k.count) { dk in
        dv = written(v.count) { fl_attention_backward(&a, dq, dk, $0, dout, out, lse, q, k, v) }
      }
    }
    expectClose(dq, self.dq, within: 1e-5, "dq \(what)")
    expectClose(dk, self.dk, within: 1e-5, "dk \(what)")
    expectClose(dv, self.dv, within: 1e-5, "dv \(what)")
  }
}

extension KernelTests {
  @Test(arguments: [false, true], [0, 0.3] as [Float])
  func attention(causal: Bool, p: Float) {
    for queries in [0, 1, 3, 4, 5, 16, 17, 33] {
      for keys in [0, 1, 5, 16, 17, 70] {
        for head in [1, 8, 20, 64] {
          let sample = AttentionCase(
            queries: queries, keys: keys, head: head, causal: causal, p: p,
            first: UInt64(queries * 3 + keys))
          Self.atEveryLevel { sample.check("\(queries) x \(keys) x \(head) at \($0)") }
        }
      }
    }
  }

  @Test(arguments: [false, true]) func attentionOverManyBlocks(causal: Bool) {
    for (queries, keys) in [(300, 300), (150, 700), (301, 90), (40, 1100)] {
      let sample = AttentionCase(
        queries: queries, keys: keys, head: 12, causal: causal, p: 0.1, first: 3)
      Self.atEveryLevel { sample.check("\(queries) x \(keys) at \($0)") }
    }
  }
}
