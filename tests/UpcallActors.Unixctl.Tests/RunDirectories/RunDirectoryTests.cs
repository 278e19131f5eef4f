using System.Diagnostics;
using System.Globalization;

namespace UpcallActors.Unixctl.Tests;

/// <summary>One daemon has a run directory, and clients can tell whether it lives.</summary>
public sealed class RunDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("upcall-actors-run-").FullName;

    private string PidFile => Path.Combine(_root, "upcall-actors.pid");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_pidfile_holds_the_process_id_and_goes_with_the_daemon()
    {
        using (RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, _root))
        {
            directory.Announce();
            // By another process: closing the file in this one would release the lock that is told of below.
            (await RunAsync("cat", PidFile)).ShouldBe((0, $"{Environment.ProcessId}\n", ""));
            File.GetUnixFileMode(PidFile).HasFlag(UnixFileMode.OtherWrite).ShouldBeFalse();
        }

        Directory.GetFiles(_root).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_daemon_left_is_taken_over()
    {
        await File.WriteAllTextAsync(PidFile, "4194304\n");
        await File.WriteAllTextAsync(PidFile + ".tmp", "left in the middle of a start");
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, _root);
        File.Exists(PidFile).ShouldBeFalse("who waits for a daemon that is ready would take it for one");
        directory.Announce();
        (await RunAsync("cat", PidFile)).Output.ShouldBe($"{Environment.ProcessId}\n");
    }

    [Fact]
    public void A_directory_that_has_gone_meanwhile_is_told_of_when_the_daemon_is_ready()
    {
        string path = Path.Combine(_root, "run");
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, path);
        Directory.Delete(path, recursive: true);
        Should.Throw<RunDirectoryException>(directory.Announce).Message.ShouldStartWith($"the run directory {path} cannot be used: ");
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused_with_the_reason()
    {
        string file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        Should.Throw<RunDirectoryException>(() => RunDirectory.Claim(TestedProgram.Value, Path.Combine(file, "below"))).Message
            .ShouldStartWith($"the run directory {file}/below cannot be used: ");
    }

    [Fact]
    public async Task A_path_that_is_too_long_for_a_socket_is_refused_with_the_reason()
    {
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, Path.Combine(_root, new string('x', 100)));
        (await Should.ThrowAsync<RunDirectoryException>(async () => await ControlSocket.OpenAsync(directory, new LogLines()))).Message
            .ShouldStartWith($"the control socket {directory.SocketPath} cannot be made: ");
    }

    [Theory]
    [InlineData(".tmp")]
    [InlineData("")]
    public void A_symbolic_link_in_the_place_of_the_pidfile_is_not_followed(string suffix)
    {
        string victim = Path.Combine(_root, "victim");
        File.WriteAllText(victim, "untouched");
        File.CreateSymbolicLink(PidFile + suffix, victim);
        Should.Throw<RunDirectoryException>(() => RunDirectory.Claim(TestedProgram.Value, _root)).Message
            .ShouldBe($"the run directory {_root} cannot be used: {PidFile}{suffix} is a symbolic link");
        File.ReadAllText(victim).ShouldBe("untouched");
    }

    [Fact]
    public void A_directory_in_the_place_of_the_pidfile_is_refused()
    {
        Directory.CreateDirectory(PidFile);
        Should.Throw<RunDirectoryException>(() => RunDirectory.Claim(TestedProgram.Value, _root))
            .Message.ShouldEndWith($"{PidFile} is no regular file");
    }

    [Fact]
    public void A_directory_that_is_there_for_everybody_is_refused_and_stays_as_it_is()
    {
        UnixFileMode shared = File.GetUnixFileMode(_root) | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;
        File.SetUnixFileMode(_root, shared);
        Should.Throw<RunDirectoryException>(() => RunDirectory.Claim(TestedProgram.Value, _root))
            .Message.ShouldEndWith("others may write to it");
        File.GetUnixFileMode(_root).ShouldBe(shared);
    }

    [Fact]
    public void A_directory_of_ones_own_that_others_may_write_to_is_closed_to_them()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_111_111);
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, _root);
        File.GetUnixFileMode(_root).ShouldBe((UnixFileMode)0b111_101_101);
    }

    [RootFact]
    public async Task A_directory_or_a_pidfile_of_another_user_is_refused()
    {
        string path = Path.Combine(_root, "run");
        Directory.CreateDirectory(path);
        await RunAsync("chown", "65534", path);
        Should.Throw<RunDirectoryException>(() => RunDirectory.Claim(TestedProgram.Value, path))
            .Message.ShouldEndWith("it belongs to user 65534, and this is user 0");
        await File.WriteAllTextAsync(PidFile + ".tmp", "");
        await RunAsync("chown", "65534", PidFile + ".tmp");
        Should.Throw<RunDirectoryException>(() => RunDirectory.Claim(TestedProgram.Value, _root))
            .Message.ShouldEndWith($"{PidFile}.tmp belongs to user 65534");
    }

    [Fact]
    public async Task What_is_no_socket_is_not_taken_for_one_of_a_daemon_that_is_no_more()
    {
        string file = Path.Combine(_root, "upcall-actors.1.ctl");
        await File.WriteAllTextAsync(file, "somebody's");
        using RunDirectory directory = RunDirectory.Claim(TestedProgram.Value, _root);
        using ControlSocket socket = await ControlSocket.OpenAsync(directory, new LogLines());
        File.Exists(file).ShouldBeTrue();
        File.GetUnixFileMode(directory.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [OvsAppctlFact]
    public async Task The_real_client_does_not_take_a_file_for_a_daemon()
    {
        await File.WriteAllTextAsync(PidFile, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        (int code, _, string errors) = await RunAsync("env", $"OVS_RUNDIR={_root}", "ovs-appctl", "-t", "upcall-actors", "version");
        code.ShouldNotBe(0);
        errors.ShouldContain("No such process");
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program,
            arguments)
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
