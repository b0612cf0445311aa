import Fairline

/// The settings of a program that makes a model file of another one.
protocol ConversionSettings: Configuration {
  /// The file, or folder, to read.
  var model: String { get }
  /// The file to write.
  var to: String { get }
}

extension ConversionSettings {
  /// Refuses a command line that does not name both files.
  ///
  /// - Parameter remedy: what the model is: `name the checkpoint to round`.
  func checkFiles(_ remedy: String) throws {
    guard !model.isEmpty else { throw OptionError.invalid("the model is missing: \(remedy)") }
    guard !to.isEmpty else { throw OptionError.missing("--to") }
  }
}
