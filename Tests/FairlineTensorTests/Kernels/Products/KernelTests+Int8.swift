import CFairlineKernels
import Testing

extension KernelTests {
  /// Rows, outputs and inputs around the sizes of tiles, panels and groups.
  private static let products = [
    (1, 1, 1), (2, 33, 5), (12, 32, 16), (13, 31, 7), (25, 64, 66), (5, 100, 129), (0, 3, 2),
    (37, 17, 4),
  ]

  @Test func rowsAreRoundedOneByOne() {
    Self.atEveryLevel { level in
      for k in [1, 3, 15, 16, 17, 64, 100] {
        let stride = Int(fl_int8_row(Int64(k))) + 4
        var x = numbers(4 * k, seed: UInt64(k))
        x.replaceSubrange(k..<(2 * k), with: repeatElement(0, count: k))
        x[3 * k] = .nan
        var q = [UInt8](repeating: 7, count: 4 * stride + 3)
        var scales = [Float](repeating: 0, count: 4)
        fl_quantize_rows(&q, Int64(stride), &scales, x, Int64(k), 4, Int64(k))
        #expect(scales[1] == 0 && scales[3].isNaN, "\(level)")
        for row in [0, 2] {
          let most = x[(row * k)..<(row * k + k)].map(abs).max() ?? 0
          #expect(abs(scales[row] - most / 127) <= 1e-7 * most)
          let all = storedIntegers(q[(row * stride)..<(row * stride + stride)])
          for i in 0..<k {
            let exact = Double(x[row * k + i]) / Double(scales[row])
            let found = Double(all[i])
            #expect(abs(found - exact) < 0.501 && abs(found) <= 127, "\(level) \(k)")
          }
        }
        for row in 0..<4 {
          let all = storedIntegers(q[(row * stride)..<(row * stride + stride)])
          #expect(all[k...].allSatisfy { $0 == 0 })
          if row == 1 { #expect(all.allSatisfy { $0 == 0 }) }
        }
        #expect(q[(4 * stride)...].allSatisfy { $0 == 7 }, "\(level): wrote past the rows")
      }
    }
  }

  @Test func integerProductsEqualTheDefinition() {
    Self.atEveryLevel { level in
      for (m, n, k) in Self.products {
        for rectifies in [false, true] {
          let product = Int8Product(m: m, n: n, k: k, rectifies: rectifies)
          expectClose(
            product.run(), product.expected(), within: 1e-6, "\(level) \(m) \(n) \(k) \(rectifies)")
        }
      }
    }
  }

  @Test func greatIntegersDoNotSaturate() {
    Self.atEveryLevel { level in
      // Every sum of two products is beyond 16 bits.
      var product = Int8Product(m: 3, n: 40, k: 512, rectifies: false)
      product.weight = product.weight.indices.map { $0 / 512 % 2 == 0 ? 127 : -127 }
      product.rows = product.rows.map { _ in 255 }
      expectClose(product.run(), product.expected(), within: 1e-6, level)
    }
  }

  @Test func anIntegerRowDoesNotDependOnTheOthers() {
    Self.atEveryLevel { level in
      let product = Int8Product(m: 29, n: 70, k: 50, rectifies: false)
      let together = product.run()
      for row in 0..<29 {
        #expect(
          product.run(rows: row..<(row + 1)) == Array(together[(row * 70)..<(row * 70 + 70)]),
          "\(level) row \(row)")
      }
    }
  }

  @Test func chosenRowsArePacked() {
    Self.atEveryLevel { level in
      let all = Int8Product(m: 4, n: 40, k: 20, rectifies: false)
      let chosen: [Int32] = [3, 39, 0, 7, 7]
      let full = all.run()
      let part = all.run(outputs: chosen)
      for row in 0..<4 {
        for (place, output) in chosen.enumerated() {
          #expect(part[row * 5 + place] == full[row * 40 + Int(output)], "\(level)")
        }
      }
    }
  }
}

/// The integers of a row, as the level in use stores them.
func storedIntegers(_ row: ArraySlice<UInt8>) -> [Int] {
  if fl_int8_layout_in_use() == FL_INT8_BYTES_OF_FOUR { return row.map { Int($0) - 128 } }
  return stride(from: row.startIndex, to: row.endIndex - 1, by: 2).map {
    Int(Int16(bitPattern: UInt16(row[$0]) | UInt16(row[$0 + 1]) << 8))
  }
}

/// A product of random 8 bit rows and weights.
private struct Int8Product {
  let m, n, k: Int
  let rectifies: Bool
  var rows: [UInt8]
  var weight: [Int8]
  let rowScales, scales, bias: [Float]

  init(m: Int, n: Int, k: Int, rectifies: Bool) {
    (self.m, self.n, self.k, self.rectifies) = (m, n, k, rectifies)
    rows = numbers(m * k, in: 1...255, seed: 2).map { UInt8($0) }
    weight = numbers(n * k, in: -127...127, seed: 3).map { Int8($0) }
    rowScales = numbers(m, in: 0.001...0.02, seed: 4)
    scales = numbers(n, in: 0.001...0.02, seed: 5)
    bias = numbers(n, seed: 6)
  }

  func run(rows chosen: Range<Int>? = nil, outputs: [Int32]? = nil) -> [Float] {
    let chosen = chosen ?? 0..<m
    let count = outputs?.count ?? n
    let depth = Int(fl_int8_depth(Int64(k)))
    let stride = Int(fl_int8_row(Int64(k)))
    let wide = fl_int8_layout_in_use() == FL_INT8_WORDS_OF_TWO
    var a = [UInt8](repeating: wide ? 0 : 128, count: max(chosen.count * stride, 1))
    for (place, row) in chosen.enumerated() {
      for i in 0..<k {
        let byte = rows[row * k + i]
        if wide {
          let number = UInt16(bitPattern: Int16(byte) - 128)
          a[place * stride + 2 * i] = UInt8(truncatingIfNeeded: number)
          a[place * stride + 2 * i + 1] = UInt8(number >> 8)
        } else {
          a[place * stride + i] = byte
        }
      }
    }
    let panels = fl_packed_panels(Int64(count))
    var packed = [Int8](repeating: 99, count: Int(panels) * 32 * depth)
    var offsets = [Int32](repeating: 99, count: Int(panels) * 32)
    fl_pack_int8(&packed, &offsets, weight, outputs, Int64(count), Int64(k))
    let part = outputs.map { $0.map { scales[Int($0)] } } ?? scales
    let shift = outputs.map { $0.map { bias[Int($0)] } } ?? bias
    return written(chosen.count * count) { c in
      packed.withUnsafeBufferPointer { packed in
        offsets.withUnsafeBufferPointer { offsets in
          part.withUnsafeBufferPointer { part in
            shift.withUnsafeBufferPointer { shift in
              var w = fl_int8_weight(
                n: Int64(count), k: Int64(k), packed: packed.baseAddress,
                offsets: offsets.baseAddress, scales: part.baseAddress, bias: shift.baseAddress,
                rectifies: rectifies)
              fl_int8_product(
                c, Int64(count), a, Int64(stride), Array(rowScales[chosen]) + [0], &w,
                Int64(chosen.count), 0, panels)
            }
          }
        }
      }
    }
  }

  func expected() -> [Double] {
    (0..<m).flatMap { row in
      (0..<n).map { output in
        let sum = (0..<k).reduce(0) {
          $0 + (Int(rows[row * k + $1]) - 128) * Int(weight[output * k + $1])
        }
        let value =
          Double(sum) * Double(rowScales[row]) * Double(scales[output]) + Double(bias[output])
        return rectifies ? max(value, 0) : value
      }
    }
  }
}
