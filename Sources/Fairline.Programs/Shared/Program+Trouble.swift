import Fairline

extension Program {
  /// Tells what went wrong inside models.
  ///
  /// - Throws: `UserError` where their results are not to be used.
  static func reportTrouble(of models: [any Model]) throws {
    for trouble in models.compactMap(\.trouble) {
      if trouble.isFatal { throw UserError(trouble.sentence) }
      note(trouble.sentence)
    }
  }
}
