using System.Text.RegularExpressions;
using UpcallActors.Daemon.Tests.Configuration;

namespace UpcallActors.Daemon.Tests.Terminal;

/// <summary>
/// Every configuration that README and docs show, each a code block of the kind <c>hocon</c>: a reader who copies it into a file has a
/// good one. One without bridges is for a file that has some: it lies over README's switch.
/// </summary>
public sealed partial class DocumentedConfigurationTests
{
    public static TheoryData<string, string> OfThePages
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach ((string page, string block) in DocumentedCommands.AllBlocks("hocon"))
                data.Add(page, block);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(OfThePages))]
    public async Task A_configuration_of_the_documentation_is_accepted_as_it_is_written(string page, string text)
    {
        using var folder = new ConfigurationFolder();
        string file = folder.Write("shown.conf", text);
        string below = folder.Write("switch.conf", DocumentedCommands.Blocks("Run it under a real datapath", "hocon").Single());
        string[] files = text.Contains("bridges", StringComparison.Ordinal) ? [file] : [below, file];
        (int code, string output, string errors) = await DaemonProcess.RunAsync(["config", "--check", .. files]);
        (code, output, errors).ShouldBe((0, $"{string.Join(", ", files)}: no problems\n", ""), page);
    }

    [Fact]
    public void README_has_the_switch_under_a_real_datapath_and_the_one_on_captures() =>
        DocumentedCommands.AllBlocks("hocon").Count(block => block.Page == "README.md").ShouldBe(2);

    [Fact]
    public void A_block_that_is_a_configuration_says_so()
    {
        foreach ((string page, string block) in DocumentedCommands.AllBlocks(""))
            Configuration().IsMatch(block).ShouldBeFalse($"{page} shows a configuration, which is no block of the kind hocon:\n{block}");
    }

    [GeneratedRegex(@"\A\s*(#[^\n]*\n\s*)*(upcall-actors|akka)(\.[a-z-]+)*\s*[{=]")]
    private static partial Regex Configuration();
}
