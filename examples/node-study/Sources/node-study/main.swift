import Foundation
import NodeStudy

exit(StudyCommand.main(Array(CommandLine.arguments.dropFirst())))
