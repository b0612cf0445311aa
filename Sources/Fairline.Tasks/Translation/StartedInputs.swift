import FairlineData
import FairlineGeneration

/// Inputs whose decoder reads another symbol first.
struct StartedInputs: GenerationInputs {
  let inputs: LanguagePairDataset
  let start: Int32

  var count: Int { inputs.count }

  subscript(place: Int) -> GenerationInput {
    var input = inputs[place]
    input.start = start
    return input
  }

  func text(at place: Int) -> (source: String, reference: String?)? { inputs.text(at: place) }

  func lengths(at place: Int) -> (source: Int, target: Int?) { inputs.lengths(at: place) }
}
