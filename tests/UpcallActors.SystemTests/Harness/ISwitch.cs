namespace UpcallActors.SystemTests.Harness;

/// <summary>A switch that runs in a lab.</summary>
internal interface ISwitch : IAsyncDisposable
{
    /// <summary>Its log so far.</summary>
    string Log { get; }

    /// <summary>Starts it, again if it has ended; it answers and its ports are there when this returns.</summary>
    Task StartAsync();

    /// <summary>Gives it a command of <c>ovs-appctl</c>; the answer.</summary>
    Task<string> AppctlAsync(params string[] command);

    /// <summary>Kills it, as a crash would: with SIGKILL.</summary>
    Task KillAsync();
}
