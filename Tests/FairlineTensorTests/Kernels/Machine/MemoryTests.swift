import CFairlineKernels
import Foundation
import Testing

@Suite(.serialized) struct MemoryTests {
  @Test func blocksAreAlignedAndReused() throws {
    for bytes in [0, 1, 63, 64, 65, 511, 512, 513, 1000, 4097, 1 << 20, 3 << 20, (5 << 20) + 1] {
      let block = try #require(fl_memory_take(bytes))
      #expect(UInt(bitPattern: block) % 64 == 0)
      memset(block, 0x5a, bytes)
      fl_memory_give(block, bytes)
    }
  }

  @Test func everySizeHasRoom() throws {
    var blocks: [(UnsafeMutableRawPointer, Int, UInt8)] = []
    for size in 0..<3000 {
      let bytes = size < 1500 ? size : size * 37
      let block = try #require(fl_memory_take(bytes))
      memset(block, Int32(size % 251), bytes)
      blocks.append((block, bytes, UInt8(size % 251)))
    }
    for (block, bytes, mark) in blocks {
      let content = UnsafeRawBufferPointer(start: block, count: bytes)
      #expect(content.first ?? mark == mark && content.last ?? mark == mark)
      fl_memory_give(block, bytes)
    }
  }

  @Test func trimReturnsWhatIsCached() throws {
    let bytes = 300 << 20  // larger than other tests take
    let block = try #require(fl_memory_take(bytes))
    #expect(fl_memory_live() >= bytes)
    fl_memory_give(block, bytes)
    #expect(fl_memory_held() >= bytes)
    fl_memory_trim()
    #expect(fl_memory_held() < bytes)
  }

  @Test func threadsTakeAndGiveAtOnce() {
    let finished = DispatchSemaphore(value: 0)
    for thread in 0..<4 {
      Thread.detachNewThread {
        var held: [(UnsafeMutablePointer<Int>, Int)] = []
        for turn in 0..<20000 {
          let bytes = 8 + (turn * 7919 + thread) % 5000
          guard let block = fl_memory_take(bytes)?.assumingMemoryBound(to: Int.self) else { break }
          block.pointee = turn * 4 + thread
          held.append((block, bytes))
          if held.count == 40 {
            for (index, (block, bytes)) in held.enumerated() {
              if block.pointee != (turn - 39 + index) * 4 + thread {
                Issue.record("a block was handed out twice")
              }
              fl_memory_give(block, bytes)
            }
            held = []
            if turn % 4000 == 0 { fl_memory_trim() }
          }
        }
        for (block, bytes) in held { fl_memory_give(block, bytes) }
        finished.signal()
      }
    }
    for _ in 0..<4 { finished.wait() }
  }

  @Test func blocksOfManySizesAreNotAllKept() throws {
    let before = fl_memory_held()
    // One gigabyte in all, of which never more than 20 MB are in use.
    for step in 0..<80 {
      let bytes = (8 << 20) + step * (160 << 10)
      let block = try #require(fl_memory_take(bytes))
      fl_memory_give(block, bytes)
    }
    let grown = Int(fl_memory_held()) - Int(before)
    #expect(grown < 400 << 20, "\(grown >> 20) MB are kept")
  }
}
