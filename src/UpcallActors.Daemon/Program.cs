using UpcallActors.Daemon.Commands;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
