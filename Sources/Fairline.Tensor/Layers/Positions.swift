import Foundation

/// What is added to embeddings to tell where a token stands.
///
/// fairseq counts places from `padding index + 1`; with the padding index 1 the first token of a
/// sentence has the place 2.
public enum Positions: Sendable {
  /// Sines and cosines of geometrically falling frequencies (Vaswani and others 2017, section 3.5).
  case sinusoidal(SinusoidalTable)
  /// A trained table. `[place, channel]`
  case learned(Parameter)

  /// The padding index of fairseq's dictionaries, which offsets the places.
  public static let paddingIndex = 1

  /// Makes the table of a stack; a learned one is the parameter `weight`.
  ///
  /// - Parameter waves: how a table that is not learned is computed.
  public init(
    _ space: ParameterSpace, isLearned: Bool, maximumLength: Int, channels: Int,
    waves: SinusoidForm = .fairseq
  ) {
    if isLearned {
      let deviation = 1 / Float(channels).squareRoot()
      let table = space.parameter(
        "weight", [maximumLength + Self.paddingIndex + 1, channels],
        .normal(deviation: deviation, zeroRow: Self.paddingIndex))
      table.mayBeRounded = false
      self = .learned(table)
    } else {
      let places = maximumLength + Self.paddingIndex + 1
      space.addTable(count: places * channels)
      self = .sinusoidal(
        space.isCounted
          ? SinusoidalTable(counted: [places, channels])
          : SinusoidalTable(channels: channels, places: places, form: waves))
    }
  }

  /// The table. `[place, channel]`
  public func table(_ pass: ForwardPass) -> Tensor {
    switch self {
    case .sinusoidal(let table): table.values
    case .learned(let parameter): pass.value(of: parameter)
    }
  }

  /// The places of packed tokens. `[token]`
  public static func places(_ segments: Segments) -> [Int32] {
    segments.positions(from: paddingIndex + 1)
  }
}

/// How the frequencies of sinusoidal positions fall, and where places are counted from.
public enum SinusoidForm: String, CaseIterable, Codable, Sendable {
  /// fairseq's: frequency `i` is `10000^(-i / (channels / 2 - 1))`, the first token has place 2.
  case fairseq
  /// The paper's (Vaswani and others 2017, section 3.5), and Hugging Face's for models of Marian:
  /// frequency `i` is `10000^(-2 i / channels)`, the first token has place 0.
  case vaswani
  /// Marian's: frequency `i` is `10000^(-i / (channels / 2 - 1))`, the first token has place 0.
  case marian
}

/// The fixed table of sinusoidal positions, in fairseq's layout: all sines, then all cosines.
public struct SinusoidalTable: Sendable {
  /// Shape `[place, channel]`.
  public let values: Tensor

  /// A table without numbers, of a model that only tells its size.
  init(counted shape: Shape) { values = .unwritten(shape) }

  /// Computes the table.
  public init(channels: Int, places: Int, form: SinusoidForm = .fairseq) {
    let half = channels / 2
    var numbers = [Float](repeating: 0, count: places * channels)
    // Before the first token come padding and what fairseq puts before it.
    let first = Positions.paddingIndex + 1
    let frequencies = form.frequencies(channels)
    for place in 0..<places where place != Positions.paddingIndex {
      for (index, frequency) in frequencies.enumerated() {
        let angle =
          switch form {
          // The reference multiplies in single precision before taking sine and cosine.
          case .fairseq: Double(Float(place) * Float(frequency))
          case .vaswani: Double(max(place - first, 0)) / frequency
          case .marian: Double(max(place - first, 0)) * frequency
          }
        numbers[place * channels + index] = Float(sin(angle))
        numbers[place * channels + half + index] = Float(cos(angle))
      }
    }
    values = Tensor(numbers, shape: [places, channels])
  }
}

extension SinusoidForm {
  /// For each pair of channels, its frequency, or, in the paper's form, what a place is divided by.
  fileprivate func frequencies(_ channels: Int) -> [Double] {
    let half = channels / 2
    switch self {
    case .fairseq, .marian:
      let rate = log(10000.0) / Double(max(half - 1, 1))
      return (0..<half).map { exp(Double($0) * -rate) }
    case .vaswani:
      return (0..<half).map { pow(10000, 2 * Double($0) / Double(channels)) }
    }
  }
}
