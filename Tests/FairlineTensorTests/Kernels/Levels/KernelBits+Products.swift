import CFairlineKernels
import Testing

extension KernelBits {
  /// Rows, columns and depths around the ends of tiles, panels and blocks.
  private static let sizes = [
    (1, 1, 1), (2, 33, 5), (3, 16, 130), (5, 40, 129), (6, 32, 256), (7, 70, 300), (13, 31, 7),
    (29, 100, 70), (38, 17, 513),
  ]

  private static func eachProduct(
    _ name: String, _ body: @escaping (inout BitHash, Int, Int, Int) -> Void
  ) -> Case {
    (name, { hash in for (m, n, k) in sizes { body(&hash, m, n, k) } })
  }

  static var products: [Case] {
    [
      eachProduct("product_block") { hash, m, n, k in
        for form in 0..<8 { blocked(&hash, m, n, k, form) }
      },
      eachProduct("pack_weight") { hash, _, n, k in
        let size = Int(fl_packed_panels(Int64(n))) * 32 * k
        hash.add(size) { fl_pack_weight($0, numbers(n * k), Int64(n), Int64(k)) }
      },
      eachProduct("packed_product") { hash, m, n, k in
        hash.add(m * (n + 1)) {
          fl_packed_product(
            $0, Int64(n + 1), numbers(m * k), Int64(k), packed(n, k), numbers(n, seed: 3),
            Int64(m), Int64(n), Int64(k), 0, fl_packed_panels(Int64(n)))
        }
      },
      eachProduct("mostly_zero") { hash, m, _, k in
        for x in [numbers(m * k), numbers(m * k).map { max(0, $0 - 1) }] {
          hash.add(bits: fl_mostly_zero(x, Int64(k), Int64(m), Int64(k)) ? 1 : 0)
        }
      },
      eachProduct("sparse_product") { hash, m, n, k in
        hash.add(m * (n + 1)) {
          fl_sparse_product(
            $0, Int64(n + 1), numbers(m * k).map { max(0, $0) }, Int64(k), packed(n, k),
            numbers(n, seed: 3), Int64(m), Int64(n), Int64(k))
        }
      },
    ]
  }

  private static func packed(_ n: Int, _ k: Int) -> [Float] {
    var panels = [Float](repeating: 0, count: Int(fl_packed_panels(Int64(n))) * 32 * k)
    fl_pack_weight(&panels, numbers(n * k, seed: 2), Int64(n), Int64(k))
    return panels
  }

  /// One product of large matrices; the bits of `form` transpose the operands and add to the
  /// result.
  private static func blocked(_ hash: inout BitHash, _ m: Int, _ n: Int, _ k: Int, _ form: Int) {
    let (left, right, adds) = (form & 1 == 1, form & 2 == 2, form & 4 == 4)
    let (a, b, bias) = (numbers(m * k), numbers(k * n, seed: 2), numbers(n, seed: 3))
    let mask = numbers(m * (n + 1), seed: 4)
    var words = [UInt32](
      repeating: 0, count: Int(fl_product_words(FL_FLOAT32, Int64(n), Int64(k))))
    hash.add(m * (n + 1)) { c in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          bias.withUnsafeBufferPointer { bias in
            mask.withUnsafeBufferPointer { mask in
              var g = fl_product()
              (g.m, g.n, g.k) = (Int64(m), Int64(n), Int64(k))
              (g.a, g.a_row, g.a_step) = (a.baseAddress, left ? 1 : g.k, left ? g.m : 1)
              (g.b, g.b_row, g.b_step) = (b.baseAddress, right ? 1 : g.n, right ? g.k : 1)
              (g.c, g.c_row, g.add, g.clamp) = (c, g.n + 1, adds, left)
              g.bias = adds ? nil : bias.baseAddress
              g.mask = right ? mask.baseAddress : nil
              let panels = fl_packed_panels(g.n)
              let depth = fl_product_depth(FL_FLOAT32)
              for block in 0..<((g.k + depth - 1) / depth) {
                fl_pack_block(FL_FLOAT32, &g, &words, block, 0, panels)
              }
              var part = fl_part(
                first_row: 0, last_row: g.m, first_panel: 0, last_panel: panels, next_row: 0,
                next_last_row: 0)
              fl_product_block(FL_FLOAT32, &g, words, &part)
            }
          }
        }
      }
    }
  }

  static var integers: [Case] {
    [
      eachProduct("quantize_rows") { hash, m, _, k in
        let stride = Int(fl_int8_row(Int64(k)))
        var rows = [UInt8](repeating: 0, count: m * stride)
        var scales = [Float](repeating: 0, count: m)
        fl_quantize_rows(
          &rows, Int64(stride), &scales, numbers(m * k), Int64(k), Int64(m), Int64(k))
        hash.add(storedIntegers(rows[...]))
        hash.add(scales)
      },
      eachProduct("quantize_weight") { hash, _, n, k in
        let (integers, scales) = quantized(n, k)
        hash.add(integers)
        hash.add(scales)
      },
      eachProduct("dequantize_rows") { hash, _, n, k in
        let (integers, scales) = quantized(n, k)
        hash.add(n * k) {
          fl_dequantize_rows($0, Int64(k), integers, scales, Int64(n), Int64(k))
        }
      },
      // How a packed weight is stored depends on the level; its offsets do not.
      eachProduct("pack_int8") { hash, _, n, k in hash.add(packedIntegers(n, k).offsets) },
      eachProduct("int8_product") { hash, m, n, k in
        let stride = Int(fl_int8_row(Int64(k)))
        var rows = [UInt8](repeating: 0, count: m * stride)
        var rowScales = [Float](repeating: 0, count: m)
        fl_quantize_rows(
          &rows, Int64(stride), &rowScales, numbers(m * k), Int64(k), Int64(m), Int64(k))
        let (panels, offsets) = packedIntegers(n, k)
        let (scales, bias) = (quantized(n, k).scales, numbers(n, seed: 3))
        hash.add(m * n) { c in
          panels.withUnsafeBufferPointer { panels in
            offsets.withUnsafeBufferPointer { offsets in
              scales.withUnsafeBufferPointer { scales in
                bias.withUnsafeBufferPointer { bias in
                  var weight = fl_int8_weight(
                    n: Int64(n), k: Int64(k), packed: panels.baseAddress,
                    offsets: offsets.baseAddress, scales: scales.baseAddress,
                    bias: bias.baseAddress, rectifies: m % 2 == 0)
                  fl_int8_product(
                    c, Int64(n), rows, Int64(stride), rowScales, &weight, Int64(m), 0,
                    fl_packed_panels(Int64(n)))
                }
              }
            }
          }
        }
      },
    ]
  }

  private static func quantized(_ n: Int, _ k: Int) -> (integers: [Int8], scales: [Float]) {
    var integers = [Int8](repeating: 0, count: n * k)
    var scales = [Float](repeating: 0, count: n)
    fl_quantize_weight(&integers, &scales, numbers(n * k, seed: 2), Int64(n), Int64(k))
    return (integers, scales)
  }

  private static func packedIntegers(_ n: Int, _ k: Int) -> (panels: [Int8], offsets: [Int32]) {
    let width = 32 * Int(fl_packed_panels(Int64(n)))
    var panels = [Int8](repeating: 0, count: width * Int(fl_int8_depth(Int64(k))))
    var offsets = [Int32](repeating: 0, count: width)
    fl_pack_int8(&panels, &offsets, quantized(n, k).integers, nil, Int64(n), Int64(k))
    return (panels, offsets)
  }
}
