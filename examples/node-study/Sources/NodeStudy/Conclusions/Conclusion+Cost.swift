extension Conclusion {
  /// So many times the time of classic 1+1 is slow.
  private static let slow = 3.0

  /// 2: training is much slower.
  static func slowness(_ s: StudyResults) -> Conclusion {
    let names = ["study-as-was", "study-adaptive", "study-right", "heun2-1", "pieces"]
    let measured = Wording.sentences(s, names) { name in
      s.slowdown(name, over: "classic-1").map {
        " takes \(Wording.times($0)) classic 1+1's processor time per target symbol."
      }
    }
    var judgement = missing
    if let right = s.slowdown("study-right", over: "classic-1") {
      let asWas = s.slowdown("study-as-was", over: "classic-1")
      judgement =
        right > slow
        ? (.holds, "holds, even with fixed steps")
        : asWas.map { $0 > slow } == true
          ? (.partly, "true of the study's set-up only")
          : asWas == nil ? (.partly, "not when done right") : (.fails, "fails")
    }
    return Conclusion(
      2, "Training takes many times as long as an ordinary Transformer's, and is inefficient.",
      measured, judgement,
      rule:
        "Slow is more than \(Int(slow)) times classic 1+1's processor time of training per target "
        + "symbol. Holds when the study's field is slow even "
        + "with fixed steps; holds for the set-up only when just the study as it was is slow.")
  }

  /// 5: the augmented model needs more memory than there is.
  static func memory(_ s: StudyResults) -> Conclusion {
    func memory(_ name: String) -> Double? { s.mean(name) { Double($0.memory) } }
    let names = ["heun2-2", "augmented", "study-right", "study-as-was"]
    let measured = Wording.sentences(s, names) { name in
      memory(name).map { ": at most \(Wording.memory($0)) of tensors in training." }
    }
    var judgement = missing
    if let plain = memory("heun2-2"), let wide = memory("augmented"), plain > 0 {
      let more = 100 * (wide / plain - 1)
      let change =
        "it takes \(Wording.count(abs(more).rounded())) % \(more < 0 ? "less" : "more") memory"
      judgement = wide > 1.25 * plain ? (.holds, "holds: \(change)") : (.fails, "fails: \(change)")
    }
    return Conclusion(
      5, "Augmented, the full NODE model asks for more memory than a graphics card has.", measured,
      judgement,
      rule:
        "Holds when the augmented model's largest use of tensor memory in training is more than "
        + "1.25 times the plain one's.")
  }

  /// 6: a solve may never end.
  static func endlessness(_ s: StudyResults) -> Conclusion {
    func most(_ name: String) -> Double? {
      s.results(name).map(\.curves.mostEvaluations).max()
    }
    let budget = StudyRow.evaluationBudget
    let names = s.rows.filter(\.isAdaptive).map(\.name)
    let measured = Wording.sentences(s, names) { name in
      guard let most = most(name) else { return nil }
      let share = s.mean(name) { Curves.mean($0.curves.unfinished) } ?? 0
      return ": at most \(Wording.count(most)) evaluations in one solve; "
        + "\(Wording.count(100 * share)) % of solves reached the budget of \(budget)."
    }
    let judgement: Judgement =
      if let most = names.compactMap(most).max() {
        most >= Double(budget)
          ? (.partly, "it happens, and ends at the budget")
          : (.fails, "not seen; the budget would end it")
      } else { missing }
    return Conclusion(
      6, "A solve can go on without end.", measured, judgement,
      rule:
        "It happens when a solve of a row with adaptive steps reaches its budget of evaluations. "
        + "Every solve ends there: the rest of the interval is covered in fixed steps.")
  }

  /// 7: the separated decoder is cheaper and as good.
  static func separation(_ s: StudyResults) -> Conclusion {
    var judgement = missing
    if let gap = s.gap("separated", over: "heun2-2"),
      let factor = s.slowdown("separated", over: "heun2-2")
    {
      let isCheap = factor <= 0.8
      let isGood = gap <= s.margin
      judgement =
        !s.hasLearned(at: s.plan.updates)
        ? tooEarly
        : isCheap && isGood
          ? (.holds, "holds")
          : isGood
            ? (.partly, "as good, but hardly cheaper on a fixed grid")
            : isCheap ? (.partly, "cheaper, but worse") : (.fails, "neither cheaper nor as good")
    }
    return Conclusion(
      7, "Keeping self-attention out of the decoder's solve saves much and loses nothing.",
      [
        Wording.comparison(s, "separated", with: "heun2-2"),
        s.slowdown("separated", over: "heun2-2").map {
          "It takes \(Wording.times($0)) the joint decoder's processor time per target symbol."
        },
        fineDecoder(s),
      ], judgement,
      rule: "Saves much when it takes at most 0.8 of the joint decoder's processor time per target "
        + "symbol; loses nothing when its bits are at most the margin higher.")
  }

  private static func fineDecoder(_ s: StudyResults) -> String? {
    func decoder(_ name: String) -> Double? { s.mean(name) { $0.audit?.fine.decoder } }
    guard let mine = decoder("separated"), let joint = decoder("heun2-2") else { return nil }
    return "A fine adaptive solve of the trained decoder takes \(Wording.count(mine)) evaluations, "
      + "\(Wording.count(joint)) in the joint one."
  }
}
