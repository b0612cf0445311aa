import Fairline

extension Program {
  /// Tells what went wrong inside models.
  ///
  /// - Parameter isQuiet: whether only an error is told.
  /// - Throws: `UserError` where their results are not to be used.
  static func reportTrouble(of models: [any Model], isQuiet: Bool = false) throws {
    for trouble in models.compactMap(\.trouble) {
      if trouble.isFatal { throw UserError(trouble.sentence) }
      if !isQuiet { note(trouble.sentence) }
    }
  }
}
