import FairlineData
import FairlineGeneration

/// The blocks of a data subset as prompts: all symbols of a block before its end.
///
/// The whole block is the reference, so `--prefix-size` shortens the prompt.
struct Prompts: GenerationInputs {
  let dataset: MonolingualDataset
  let start: Int32

  var count: Int { dataset.count }

  subscript(place: Int) -> GenerationInput {
    let symbols = dataset.blocks[place].symbols
    return GenerationInput(
      id: place, prefix: Array(symbols.dropLast()), reference: symbols, start: start)
  }

  func lengths(at place: Int) -> (source: Int, target: Int?) {
    (dataset.length(of: place), dataset.length(of: place))
  }
}
