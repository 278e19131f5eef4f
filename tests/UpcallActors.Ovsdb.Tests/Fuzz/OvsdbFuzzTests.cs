namespace UpcallActors.Ovsdb.Tests.Fuzz;

/// <summary>Drives the fuzz target of sessions with seeded mutations.</summary>
public sealed class OvsdbFuzzTests
{
    [Fact]
    public void The_seeds_go_through_a_whole_session()
    {
        string events = OvsdbFuzz.Events(OvsdbFuzz.Seeds.Single());
        events.ShouldContain(nameof(ContentsArrived), Case.Sensitive, events);
        events.ShouldContain("fail_mode,other_config\n");
        events.ShouldEndWith("Removed Bridge d6aff4df-8655-4992-85c6-203170223eb6 ");
    }

    [Fact]
    public void Whatever_a_server_says_a_session_goes_on_or_ends_with_a_reason() =>
        MutatedText.Run(OvsdbFuzz.Run, OvsdbFuzz.Tokens, OvsdbFuzz.Seeds);
}
