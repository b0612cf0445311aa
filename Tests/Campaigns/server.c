// Preloaded into a program: it waits before its main function, and each request runs that function
// in a process of its own. Loading and linking, which take as long as a small trial, happen once.
//
// A request is a row of texts that end with zero bytes: seconds of the processor, KB of memory, the
// file for standard output, how many settings of the environment follow, and how many arguments;
// then these, the program's name first. The answer is a line with the code that a shell would see.
// Standard error is the file err. SERVER_IN and SERVER_OUT name the pipes for both.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef int (*main_function)(int, char **, char **);
static main_function real_main;
static FILE *requests, *answers;

static void need(int holds, const char *what) {
  if (holds) return;
  perror(what);
  _exit(125);
}

static char *next_text(void) {
  char *text = NULL;
  size_t room = 0;
  if (getdelim(&text, &room, '\0', requests) < 0) _exit(0);
  return text;
}

static long next_number(void) {
  char *text = next_text();
  long number = atol(text);
  free(text);
  return number;
}

static void redirect(const char *path, int flags, int descriptor) {
  int opened = open(path, flags, 0644);
  need(opened >= 0 && dup2(opened, descriptor) >= 0, path);
  if (opened != descriptor) close(opened);
}

static void limit(int resource, rlim_t most) {
  struct rlimit both = {most, most};
  need(setrlimit(resource, &both) == 0, "setrlimit");
}

// Waits for the process, for at most so many seconds; then it is killed.
static int end_of(pid_t process, long seconds) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  struct timespec now, end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += seconds;
  int status;
  while (waitpid(process, &status, WNOHANG) == 0) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > end.tv_sec) kill(-process, SIGKILL);
    struct timespec pause = {1, 0};
    sigtimedwait(&child, NULL, &pause);
  }
  kill(-process, SIGKILL);  // whatever it has started
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Swift's runtime has kept the arguments of the start.
static void replace_arguments(char **texts, int count) {
  void (*replace)(char **, int) =
      (__typeof__(replace))dlsym(RTLD_DEFAULT, "_swift_stdlib_overrideUnsafeArgvArgc");
  need(replace != NULL, "_swift_stdlib_overrideUnsafeArgvArgc");
  replace(texts, count);
}

static int serve(int count, char **arguments, char **environment) {
  (void)count, (void)arguments, (void)environment;
  sigset_t child, before;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, &before);
  for (;;) {
    long seconds = next_number(), memory = next_number();
    char *printed = next_text();
    long settings = next_number(), number = next_number(), all = settings + number;
    char **texts = calloc(all + 1, sizeof *texts);
    need(texts != NULL, "memory");
    for (long i = 0; i < all; i++) texts[i] = next_text();
    pid_t process = fork();
    need(process >= 0, "fork");
    if (process == 0) {
      setpgid(0, 0);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(fileno(requests));
      close(fileno(answers));
      redirect("/dev/null", O_RDONLY, STDIN_FILENO);
      redirect("err", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
      redirect(printed, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
      replace_arguments(texts + settings, (int)number);
      for (long i = 0; i < settings; i++) need(putenv(texts[i]) == 0, texts[i]);
      void (*begin_faults)(void) = (__typeof__(begin_faults))dlsym(RTLD_DEFAULT, "begin_faults");
      if (begin_faults) begin_faults();
      limit(RLIMIT_AS, (rlim_t)memory * 1024);
      limit(RLIMIT_CPU, seconds);
      sigprocmask(SIG_SETMASK, &before, NULL);
      return real_main((int)number, texts + settings, environ);
    }
    fprintf(answers, "%d\n", end_of(process, 5 * seconds));
    fflush(answers);
    for (long i = 0; i < all; i++) free(texts[i]);
    free(texts);
    free(printed);
  }
}

int __libc_start_main(main_function program, int count, char **arguments, void (*begin)(void),
                      void (*end)(void), void (*loader_end)(void), void *stack) {
  int (*real)(main_function, int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
      (__typeof__(real))dlsym(RTLD_NEXT, "__libc_start_main");
  const char *in = getenv("SERVER_IN"), *out = getenv("SERVER_OUT");
  if (!in || !out) return real(program, count, arguments, begin, end, loader_end, stack);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  need((requests = fopen(in, "r")) != NULL, in);
  need((answers = fopen(out, "w")) != NULL, out);
  unsetenv("LD_PRELOAD");
  unsetenv("SERVER_IN");
  unsetenv("SERVER_OUT");
  real_main = program;
  return real(serve, count, arguments, begin, end, loader_end, stack);
}
