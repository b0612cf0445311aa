/// What a training is made of.
package struct TrainingParts {
  /// The model, changed in place.
  package var model: any Model
  /// How predictions are judged.
  package var criterion: any Criterion
  /// How parameters follow gradients.
  package var optimizer: any Optimizer
  /// How the learning rate changes.
  package var scheduler: any LearningRateScheduler
  /// Who is told; the model's own observers come first.
  package var observers: [any TrainingObserver]
  /// Parameters that stay as they are; nil for none.
  var frozen: FrozenParameters?

  /// Puts the parts of a training together.
  package init(
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
