// Whoever builds on Fairline also needs its errors and JSON values.
@_exported public import FairlineFoundation
