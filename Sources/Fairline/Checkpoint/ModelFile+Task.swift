extension ModelFile {
  /// Refuses a task whose data are not those that the model was trained on.
  ///
  /// - Throws: `UserError` naming the file and what differs.
  public func check(against task: any Task) throws {
    for (name, value) in header.identity.sorted(by: { $0.key < $1.key }) {
      guard let own = task.identity[name], own != value else { continue }
      throw UserError(
        "\(path) was trained with another \(name) "
          + "(\(value) instead of \(own)): use the data it was trained on"
      )
    }
    let (model, data) = (header.description, task.description)
    guard model.sourceSymbols == data.sourceSymbols, model.targetSymbols == data.targetSymbols,
      model.readSymbols == data.readSymbols
    else {
      throw UserError(
        "\(path) has \(model.sourceSymbols) source and \(model.targetSymbols) target "
          + "symbols, the dictionaries \(data.sourceSymbols) and \(data.targetSymbols): "
          + "use the dictionaries it was trained with"
      )
    }
  }
}
