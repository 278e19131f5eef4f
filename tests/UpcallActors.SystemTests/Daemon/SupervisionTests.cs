using System.Globalization;
using System.Runtime.InteropServices;
using UpcallActors.SystemTests.Harness;

namespace UpcallActors.SystemTests.Daemon;

/// <summary>
/// Actors of the program that ships fail, and go on. A debugger, which finds the methods by the symbols beside the program, takes
/// <c>this</c> away from one call.
/// </summary>
public sealed class SupervisionTests : IDisposable
{
    private const string Namespace = "UpcallActors_Pipeline_UpcallActors_Pipeline_";

    private readonly string _folder = Directory.CreateTempSubdirectory("upcall-actors-supervision-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NativeTheory]
    [InlineData("ReceiverActor__OnReceive", "lane-0/receiver")]
    [InlineData("RouterActor__OnResume", "lane-0/router")]
    [InlineData("TranslatorActor__OnResume", "lane-0/translator")]
    [InlineData("ExecutorActor__OnBatch", "lane-0/executor")]
    [InlineData("RevalidationLeader__OnReceive", "revalidation")]
    [InlineData("RevalidatorActor__OnReceive", "revalidation/revalidator-0")]
    public async Task An_actor_that_fails_is_made_anew_and_upcalls_are_answered(string method, string actor)
    {
        string file = Path.Combine(_folder, "more.conf");
        await File.WriteAllTextAsync(file, $$"""
            upcall-actors { run-dir = "{{_folder}}", handlers = 1, status.listen = off }
            """);
        await using BackgroundProcess demo = BackgroundProcess.Start(
            DaemonProgram.Command[0], [.. DaemonProgram.Command.Skip(1), "demo", "--config", file]);
        await Eventually.HoldsAsync(
            () => demo.HasExited || File.Exists(Path.Combine(_folder, "upcall-actors.pid")), () => $"it does not start:\n{demo.Output}");

        await FailAsync(demo.Id, Namespace + method);

        await demo.HasPrintedAsync($"{actor} failed");
        demo.Output.ShouldContain(nameof(NullReferenceException));
        (int code, string upcalls) = await Command.DaemonAsync("monitor", "--count", "5", "--target", _folder);
        code.ShouldBe(0, upcalls);
        await demo.SignalAsync("TERM");
        (await demo.ExitAsync()).ShouldBe(0, demo.Output);
    }

    private static async Task FailAsync(int process, string method)
    {
        string self = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "$x0" : "$rdi";
        string[] commands =
        [
            "handle all nostop noprint pass",
            $"break *{method}",
            "continue",
            "delete",
            $"set var {self} = 0",
            "detach",
        ];
        string id = process.ToString(CultureInfo.InvariantCulture);
        string[] arguments = ["-q", "-nx", "-batch", "-readnever", "-p", id, .. commands.SelectMany(command => (string[])["-ex", command])];
        string output = await Command.RunAsync("gdb", arguments);
        output.ShouldContain("hit Breakpoint 1", customMessage: output);
    }
}
