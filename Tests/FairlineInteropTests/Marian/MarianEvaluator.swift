import Foundation

/// Marian's Transformer in double precision, sentence by sentence, written from its formulas.
struct MarianEvaluator {
  private typealias Rows = [[Double]]
  private let kind: MarianSpecimen.Kind
  private let tensors: [String: (shape: [Int], values: [Float])]
  private let headCount: Int

  init(_ specimen: MarianSpecimen) {
    (kind, tensors, headCount) = (specimen.kind, specimen.tensors, specimen.heads)
  }

  /// The logits before each symbol of a target and after the last. `[place, symbol]`
  func logits(_ source: [Int], _ target: [Int]) -> [[Double]] {
    var memory = embed("encoder", source.map { Optional($0) })
    for layer in 1...kind.depth.encoder {
      let stem = "encoder_l\(layer)_"
      memory = subLayer(memory, stem + "self_Wo") {
        attention(stem + "self", $0, $0, isCausal: false)
      }
      memory = feedForward(memory, stem)
    }
    memory = top(memory, "encoder")
    var states = embed("decoder", [nil] + target.map { Optional($0) })
    for place in 0..<kind.depth.decoder {
      let stem = "decoder_l\(kind.tiedLayers.isEmpty ? place + 1 : kind.tiedLayers[place])_"
      if kind.cell == nil {
        states = subLayer(states, stem + "self_Wo") {
          attention(stem + "self", $0, $0, isCausal: true)
        }
      } else {
        states = subLayer(states, stem + "rnn_ffn") { recurrence(stem, $0) }
      }
      states = subLayer(states, stem + "context_Wo") {
        attention(stem + "context", $0, memory, isCausal: false)
      }
      states = feedForward(states, stem)
    }
    states = top(states, "decoder")
    return output(states)
  }

  // MARK: - Parts

  private func matrix(_ name: String) -> Rows {
    guard let (shape, values) = tensors[name] else { preconditionFailure("no '\(name)'") }
    return (0..<shape[0]).map { row in
      values[(row * shape[1])..<((row + 1) * shape[1])].map(Double.init)
    }
  }

  private func product(_ x: [Double], _ weight: Rows) -> [Double] {
    weight[0].indices.map { column in x.indices.reduce(0) { $0 + x[$1] * weight[$1][column] } }
  }

  private func affine(_ x: Rows, _ weight: String, _ bias: String) -> Rows {
    let (weight, bias) = (matrix(weight), matrix(bias)[0])
    return x.map { zip(product($0, weight), bias).map(+) }
  }

  private func embed(_ side: String, _ symbols: [Int?]) -> Rows {
    let table = matrix(kind.tied == "all" || kind.tied == "src" ? "Wemb" : "\(side)_Wemb")
    let d = kind.channels
    let scale = kind.learnsPositions ? 1 : Double(d).squareRoot()
    var rows: Rows = []
    for (place, symbol) in symbols.enumerated() {
      var row = symbol.map { table[$0].map { scale * $0 } } ?? [Double](repeating: 0, count: d)
      if kind.learnsPositions {
        let positions = matrix("Wpos")
        row = zip(row, positions[min(place, positions.count - 1)]).map(+)
      } else {
        let half = d / 2
        for index in 0..<half {
          let angle = Double(place) * exp(-Double(index) * log(10000) / Double(half - 1))
          row[index] += sin(angle)
          row[half + index] += cos(angle)
        }
      }
      rows.append(row)
    }
    return kind.normalizesEmbeddings ? norm(rows, "\(side)_emb", "_pre") : rows
  }

  private func norm(_ rows: Rows, _ stem: String, _ ending: String) -> Rows {
    let (scale, shift) = (
      matrix("\(stem)_ln_scale\(ending)")[0], matrix("\(stem)_ln_bias\(ending)")[0]
    )
    return rows.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.indices.map {
        (row[$0] - mean) / (variance + 1e-6).squareRoot() * scale[$0] + shift[$0]
      }
    }
  }

  private func subLayer(_ x: Rows, _ stem: String, _ body: (Rows) -> Rows) -> Rows {
    let result = body(kind.isBefore ? norm(x, stem, "_pre") : x)
    let sum = zip(x, result).map { zip($0, $1).map(+) }
    return kind.isBefore ? sum : norm(sum, stem, "")
  }

  private func top(_ x: Rows, _ side: String) -> Rows {
    kind.isBefore ? norm(x, "\(side)_top", "") : x
  }

  private func attention(_ stem: String, _ x: Rows, _ memory: Rows, isCausal: Bool) -> Rows {
    let queries = affine(x, stem + "_Wq", stem + "_bq")
    let keys = affine(memory, stem + "_Wk", stem + "_bk")
    let values = affine(memory, stem + "_Wv", stem + "_bv")
    let size = kind.channels / headCount
    let heads = queries.enumerated().map { place, query in
      (0..<headCount).flatMap { head -> [Double] in
        let range = (head * size)..<((head + 1) * size)
        let seen = isCausal ? Array(0...place) : Array(keys.indices)
        let weights = seen.map { key in
          exp(range.reduce(0) { $0 + query[$1] * keys[key][$1] } / Double(size).squareRoot())
        }
        let sum = weights.reduce(0, +)
        return range.map { channel in
          zip(seen, weights).reduce(0) { $0 + values[$1.0][channel] * $1.1 } / sum
        }
      }
    }
    return affine(heads, stem + "_Wo", stem + "_bo")
  }

  /// Kim and others 2019, "From Research to Production and Back", section 3.
  private func recurrence(_ stem: String, _ x: Rows) -> Rows {
    let (weight, gate) = (matrix(stem + "rnn_W"), matrix(stem + "rnn_Wf"))
    let bias = matrix(stem + "rnn_bf")[0]
    var cell = [Double](repeating: 0, count: kind.channels)
    return x.map { row in
      let (input, gates) = (product(row, weight), product(row, gate))
      cell = cell.indices.map { channel in
        let forget = 1 / (1 + exp(-gates[channel] - bias[channel]))
        return forget * cell[channel] + (1 - forget) * input[channel]
      }
      return cell.map { max($0, 0) }
    }
  }

  private func feedForward(_ x: Rows, _ stem: String) -> Rows {
    subLayer(x, stem + "ffn_ffn") { x in
      let hidden = affine(x, stem + "ffn_W1", stem + "ffn_b1").map { $0.map(activate) }
      return affine(hidden, stem + "ffn_W2", stem + "ffn_b2")
    }
  }

  private func activate(_ x: Double) -> Double {
    switch kind.activation {
    case "relu": max(x, 0)
    case "gelu": x / (1 + exp(-1.702 * x))
    default: x / (1 + exp(-x))
    }
  }

  private func output(_ states: Rows) -> [[Double]] {
    let table: Rows
    switch kind.tied {
    case "all": table = matrix("Wemb")
    case "target": table = matrix("decoder_Wemb")
    default:
      if kind.hasOldOutput {
        let turned = matrix("decoder_ff_logit_out_W")
        table = turned[0].indices.map { column in turned.map { $0[column] } }
      } else {
        table = matrix("decoder_ff_logit_out_Wt")
      }
    }
    let bias =
      kind.omitsBias
      ? [Double](repeating: 0, count: table.count) : matrix("decoder_ff_logit_out_b")[0]
    return states.map { state in
      zip(table, bias).map { row, shift in zip(row, state).reduce(shift) { $0 + $1.0 * $1.1 } }
    }
  }
}
