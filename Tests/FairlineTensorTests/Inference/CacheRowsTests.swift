import FairlineTensor
import Testing

@Suite struct CacheRowsTests {
  @Test func rowsInUseAreNeverHandedOut() {
    var cache = CacheRows()
    var alive: [[Int32]] = []
    for step in 0..<200 {
      let rows = Array(
        cache.take(1 + step % 7) { mark in
          for list in alive { list.withUnsafeBufferPointer(mark) }
        })
      let used = Set(alive.joined())
      #expect(Set(rows).count == rows.count && used.isDisjoint(with: rows))
      #expect(rows.allSatisfy { $0 >= 0 && Int($0) < cache.capacity })
      alive.append(rows)
      if alive.count > 5 { alive.removeFirst() }
    }
    // What a few lists need, not what was ever handed out.
    #expect(cache.capacity < 150)
  }

  @Test func listsKeepTheirRows() {
    var first = RowLists()
    first.clear(rows: 2, longest: 3)
    first.append([4, 5], to: 0)
    first.append(9, to: 1)
    var second = RowLists()
    second.clear(rows: 3, longest: 4)
    second.append(1, of: first, to: 0)
    second.append(0, of: first, to: 1)
    second.append(0, of: first, to: 2)
    second.append(7, to: 2)
    var found: [[Int32]] = []
    for list in 0..<3 { second.withList(list) { found.append(Array($0)) } }
    #expect(found == [[9], [4, 5], [4, 5, 7]])
    #expect(second.counts == [1, 2, 3] && second.stride == 4)
  }
}
