using UpcallActors.Daemon.Terminal;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
