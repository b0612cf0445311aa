/// What a training is made of.
public struct TrainingParts {
  /// The model, changed in place.
  public var model: any Model
  /// How predictions are judged.
  public var criterion: any Criterion
  /// How parameters follow gradients.
  public var optimizer: any Optimizer
  /// How the learning rate changes.
  public var scheduler: any LearningRateScheduler
  /// Who is told; the model's own observers come first.
  public var observers: [any TrainingObserver]

  /// Puts the parts of a training together.
  public init(
    model: any Model, criterion: any Criterion, optimizer: any Optimizer,
    scheduler: any LearningRateScheduler, observers: [any TrainingObserver] = []
  ) {
    self.model = model
    self.criterion = criterion
    self.optimizer = optimizer
    self.scheduler = scheduler
    self.observers = model.observers + observers
  }
}
