using System.Text;
using UpcallActors.Daemon.Vswitchd;

namespace UpcallActors.Daemon.Tests.Vswitchd;

/// <summary>The command line of <c>ovs-vswitchd</c>, compared with what the real one says.</summary>
public sealed class VswitchdCommandLineTests
{
    [Theory]
    [InlineData("--frob", "unrecognized option '--frob'")]
    [InlineData("--frob=3", "unrecognized option '--frob=3'")]
    [InlineData("--no-chdir=3", "option '--no-chdir' doesn't allow an argument")]
    [InlineData("--user", "option '--user' requires an argument")]
    [InlineData("-q", "invalid option -- 'q'")]
    [InlineData("-p", "option requires an argument -- 'p'")]
    [InlineData(
        "--d",
        "option '--d' is ambiguous; possibilities: '--detach' '--disable-system' '--disable-system-route' '--dpdk' '--dummy-numa'")]
    [InlineData("--no", "option '--no' is ambiguous; possibilities: '--no-self-confinement' '--no-chdir'")]
    [InlineData("-vfoo", "processing \"foo\": no destination, level, or module \"foo\"")]
    [InlineData("--verbose=bridge:frob", "processing \"bridge:frob\": no destination, level, or module \"frob\"")]
    [InlineData("-vPATTERN:paper:%m", "processing \"PATTERN:paper:%m\": unknown destination \"paper\"")]
    [InlineData("-vFACILITY:x", "processing \"FACILITY:x\": invalid facility")]
    [InlineData("--syslog-method=x", "unsupported syslog method 'x'")]
    [InlineData("--dpdk", "Using --dpdk to configure DPDK is not supported.")]
    [InlineData("a b", "at most one non-option argument accepted; use --help for usage")]
    public async Task A_wrong_command_line_is_refused_in_the_real_one_s_words(string line, string problem)
    {
        string[] arguments = line.Split(' ');
        VswitchdInvocation invocation = VswitchdCommandLine.Read("ovs-vswitchd", arguments);
        invocation.Options.ShouldBeNull();
        invocation.Problem.ShouldBe($"ovs-vswitchd: {problem}");
        if (RealVswitchd.IsInstalled)
            (await RealVswitchd.RunAsync(arguments)).Errors.ShouldEndWith(invocation.Problem + "\n");
    }

    [Fact]
    public void What_the_C_library_complains_of_begins_with_the_name_as_it_was_called() =>
        VswitchdCommandLine.Read("/usr/sbin/ovs-vswitchd", ["-q"]).Problem.ShouldBe("/usr/sbin/ovs-vswitchd: invalid option -- 'q'");

    [Fact]
    public async Task The_version_s_first_line_is_what_scripts_read()
    {
        VswitchdInvocation invocation = VswitchdCommandLine.Read("ovs-vswitchd", ["-vbridge:dbg", "-V", "--frob"]);
        invocation.Problem.ShouldBeNull();
        string[] lines = invocation.Output.Split('\n');
        lines[0].ShouldBe("ovs-vswitchd (Open vSwitch) 3.1.0");
        // ovs-ctl takes the last word of every line that has the product's name.
        lines.Count(line => line.Contains("Open vSwitch", StringComparison.Ordinal)).ShouldBe(1);
        lines[1].ShouldStartWith("UpcallActors ");
        VswitchdCommandLine.Read("ovs-vswitchd", ["--frob", "-V"]).Problem.ShouldNotBeNull();
        if (RealVswitchd.IsInstalled)
            (await RealVswitchd.RunAsync("--version")).Output.ShouldStartWith(lines[0].Split(") ")[0]);
    }

    [Fact]
    public async Task Help_names_every_option_that_there_is()
    {
        string help = VswitchdCommandLine.Read("ovs-vswitchd", ["--vers", "--help"]).Output;
        help.ShouldBe(VswitchdText.Version);
        help = VswitchdCommandLine.Read("ovs-vswitchd", ["-h"]).Output;
        string[] options = ["--detach", "--monitor", "--pidfile", "--log-file", "--unixctl", "--config", "--mlockall", "-V"];
        options.ShouldAllBe(option => help.Contains(option, StringComparison.Ordinal));
        if (RealVswitchd.IsInstalled)
        {
            string real = (await RealVswitchd.RunAsync("--help")).Output;
            // What the real one takes and this one does not.
            OptionsOf(real).Except(OptionsOf(help)).ShouldBe(["--user"]);
        }
    }

    [Fact]
    public void Options_are_read_as_ovs_ctl_gives_them()
    {
        VswitchdOptions options = Read(
            "unix:/run/db.sock -vconsole:emer -vsyslog:err -vfile:info --mlockall --no-chdir --log-file=/var/log/x.log "
            + "--pidfile=/run/x.pid --detach --monitor");
        options.Database.ShouldNotBeNull().Remote.ShouldBe("unix:/run/db.sock");
        options.Verbosity.ShouldBe(["console:emer", "syslog:err", "file:info"]);
        (options.LockMemory, options.NoChdir, options.Detach, options.Monitor).ShouldBe((true, true, true, true));
        (options.LogFile, options.PidFile).ShouldBe(("/var/log/x.log", "/run/x.pid"));
    }

    [Fact]
    public void Files_that_are_not_named_have_the_usual_names()
    {
        VswitchdOptions options = Read("--pidfile --log-file --unixctl=here");
        options.PidFile.ShouldBe(Path.Combine(OvsDirectories.Run, "ovs-vswitchd.pid"));
        options.LogFile.ShouldBe(Path.Combine(OvsDirectories.Log, "ovs-vswitchd.log"));
        options.Unixctl.ShouldBe(Path.Combine(OvsDirectories.Run, "here"));
        options.Database.ShouldNotBeNull().Remote.ShouldBe($"unix:{OvsDirectories.Run}/db.sock");
        Read("--config= --log-file=x").LogFile.ShouldBe(Path.Combine(Environment.CurrentDirectory, "x"));
        Read("--config=/a.conf").Database.ShouldBeNull();
        Read("--config=/a.conf tcp:127.0.0.1:6640").Database.ShouldNotBeNull().Remote.ShouldBe("tcp:127.0.0.1:6640");
    }

    [Fact]
    public void Letters_and_beginnings_of_names_stand_for_options()
    {
        VswitchdOptions options = Read("-p key.pem -ccert.pem --ca-c ca.pem --pidf -v --over -- --detach");
        options.Database.ShouldNotBeNull();
        string here = Environment.CurrentDirectory;
        (options.Database.PrivateKey, options.Database.Certificate, options.Database.CaCertificate)
            .ShouldBe(($"{here}/key.pem", $"{here}/cert.pem", $"{here}/ca.pem"));
        (options.PidFile is not null, options.OverwritePidFile, options.Detach).ShouldBe((true, true, false));
        options.Verbosity.ShouldBe([null]);
        options.Database.Remote.ShouldBe("--detach");
    }

    [Theory]
    [InlineData("--enable-dummy=some")]
    [InlineData("--disable-system")]
    [InlineData("--disable-system-route")]
    [InlineData("--dummy-numa=0,0")]
    [InlineData("--user=nobody")]
    [InlineData("--bootstrap-ca-cert=ca.pem")]
    [InlineData("--ssl-ciphers=HIGH")]
    [InlineData("--syslog-target=nowhere")]
    public void What_has_no_meaning_here_is_refused_and_not_passed_over(string argument) =>
        VswitchdCommandLine.Read("ovs-vswitchd", [argument]).Problem.ShouldNotBeNull().ShouldContain(argument.Split('=')[0]);

    [Fact]
    public void Any_words_end_in_options_or_a_complaint() => MutatedText.Run(
        input =>
        {
            string[] words = Encoding.UTF8.GetString(input).Split('\n');
            VswitchdInvocation invocation = VswitchdCommandLine.Read("ovs-vswitchd", words);
            (invocation.Options is null).ShouldBe(invocation.Output.Length > 0 || invocation.Problem is not null);
        },
        ["-", "--", "=", "\n", "-v", "PATTERN:file:%", ":", "--pid", "--log-file=", "--uni", "--config=", "udp:", "--syslog-m=", "\0"],
        "--detach\n--pidfile\n-vconsole:off\nunix:db.sock",
        "--syslog-method=udp:127.0.0.1\n--syslog-target\n[::1]:514",
        "-p\na\n-cb\n--\n--c");

    private static VswitchdOptions Read(string line) => VswitchdCommandLine.Read("ovs-vswitchd", line.Split(' ')).Options.ShouldNotBeNull();

    private static IEnumerable<string> OptionsOf(string help) =>
        help.Split([' ', ',', '[', '=', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith("--", StringComparison.Ordinal)).Distinct();
}
