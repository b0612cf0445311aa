import Fairline
import FairlineGeneration
import Testing

/// Search strategies as values with state of their own.
@Suite struct StrategyTests {
  /// Beam search that never takes the same symbol in two steps; it remembers them for each
  /// sentence.
  private struct Fresh: SearchStrategy {
    func begin(_ size: SearchSize) -> Set<Int32> { [] }

    func width(_ size: SearchSize) -> Int { size.vocabulary }

    func candidates(
      _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout Set<Int32>
    ) -> [Candidate] {
      var found: [Candidate] = []
      for (number, row) in rows.enumerated() {
        for (value, symbol) in zip(row.values, row.symbols) where !state.contains(symbol) {
          found.append(Candidate(row: number, symbol: symbol, score: row.score + value))
        }
      }
      found.sort { $0.score > $1.score }
      if let best = found.first { state.insert(best.symbol) }
      return found
    }
  }

  @Test func stateBelongsToItsSentence() throws {
    let model = BigramModel(symbols: 9, seed: 4)
    let settings = GenerationSettings().with { ($0.beam, $0.maxLenB) = (1, 5) }
    let inputs = (0..<3).map { GenerationInput(id: $0, prefix: [Int32(4 + $0)]) }
    let generator = try SequenceGenerator(
      models: [model], settings: settings, strategy: Fresh())
    let together = generator.generate(inputs)
    let alone = inputs.map { generator.generate([$0])[0] }
    #expect(together == alone)
    for best in together.compactMap(\.first) {
      #expect(Set(best.tokens).count == best.tokens.count)
    }
    #expect(Set(together.compactMap { $0.first?.tokens }).count > 1)
  }

  @Test func flagsNameStrategies() throws {
    let plain = GenerationSettings()
    let cases: [(GenerationSettings, String)] = [
      (plain, "beam"), (plain.with { $0.sampling = true }, "sampling"),
      (plain.with { $0.diverseBeamGroups = 2 }, "diverse_beam"),
      (plain.with { $0.diversityRate = 0.5 }, "diverse_siblings"),
      (plain.with { $0.constraints = .ordered }, "constrained_beam"),
    ]
    for (settings, name) in cases {
      #expect(try settings.searchName(nil) == name)
      #expect(try settings.searchName(name) == name)
    }
    #expect(try plain.searchName("mine") == "mine")
    #expect(throws: UserError.self) { try cases[1].0.searchName("beam") }
    let catalog = try Catalog([StandardSearch.self])
    #expect(catalog.searches.names == cases.map(\.1).sorted())
    #expect(throws: UserError.self) {
      try catalog.searches.select("diverse_beam").build(SearchContext())
    }
  }
}
