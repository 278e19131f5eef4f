using UpcallActors.Daemon.Terminal;
using UpcallActors.Daemon.Vswitchd;
using UpcallActors.Linux;

string called = OwnProcess.CommandLine()[0];
return VswitchdProgram.IsCalledBy(called)
    ? await VswitchdProgram.RunAsync(called, args, Console.Out, Console.Error)
    : await CommandLine.RunAsync(args, Console.Out, Console.Error);
