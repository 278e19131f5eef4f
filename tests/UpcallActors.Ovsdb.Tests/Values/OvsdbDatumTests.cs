using System.Text.Json;

namespace UpcallActors.Ovsdb.Tests;

public sealed class OvsdbDatumTests
{
    private static readonly OvsdbColumnType _set = new(OvsdbAtomType.Integer, null, 0, int.MaxValue);
    private static readonly OvsdbColumnType _optional = new(OvsdbAtomType.Integer, null, 0, 1);
    private static readonly OvsdbColumnType _map = new(OvsdbAtomType.String, OvsdbAtomType.String, 0, int.MaxValue);

    [Theory]
    [InlineData("""["set",[1,2]]""", """["set",[2,3]]""", "[1, 3]")]
    [InlineData("""["set",[]]""", "5", "[5]")]
    [InlineData("5", "5", "[]")]
    public void A_difference_of_a_set_has_what_is_in_one_of_the_two(string before, string difference, string after) =>
        Read(before, _set).With(Read(difference, _set), _set).ToString().ShouldBe(after);

    [Theory]
    [InlineData("""["set",[]]""", "4", "[4]")]
    [InlineData("3", "4", "[4]")]
    [InlineData("3", """["set",[]]""", "[]")]
    public void A_difference_of_a_column_of_at_most_one_value_has_the_new_one(string before, string difference, string after) =>
        Read(before, _optional).With(Read(difference, _optional), _optional).ToString().ShouldBe(after);

    [Theory]
    [InlineData("""["map",[["a","1"],["b","2"]]]""", """["map",[["a","1"],["b","3"],["c","4"]]]""", "{b=3, c=4}")]
    [InlineData("""["map",[]]""", """["map",[["a","1"]]]""", "{a=1}")]
    public void A_difference_of_a_map_removes_equal_entries_and_sets_others(string before, string difference, string after) =>
        Read(before, _map).With(Read(difference, _map), _map).ToString().ShouldBe(after);

    [Theory]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("\"1\"")]
    [InlineData("""["set"]""")]
    [InlineData("""["set",1]""")]
    [InlineData("""["set",[1,"a"]]""")]
    [InlineData("""["map",[[1,2]]]""")]
    [InlineData("""[["set",[1]]]""")]
    [InlineData("null")]
    [InlineData("{}")]
    public void What_is_no_set_of_whole_numbers_is_refused(string json) => TryRead(json, _set).ShouldBeFalse();

    [Theory]
    [InlineData("""["map",[["a"]]]""")]
    [InlineData("""["map",[["a","b","c"]]]""")]
    [InlineData("""["map",["a","b"]]""")]
    [InlineData("""["map",[["a",1]]]""")]
    [InlineData("\"a\"")]
    public void What_is_no_map_of_texts_is_refused(string json) => TryRead(json, _map).ShouldBeFalse();

    [Theory]
    [InlineData("""["uuid","12345678-1234-1234-1234-12345678"]""")]
    [InlineData("""["named-uuid","a"]""")]
    [InlineData("\"12345678-1234-1234-1234-123456789012\"")]
    public void What_is_no_identity_is_refused(string json) =>
        TryRead(json, new OvsdbColumnType(OvsdbAtomType.Uuid, null, 1, 1)).ShouldBeFalse();

    private static bool TryRead(string json, OvsdbColumnType type)
    {
        using var document = JsonDocument.Parse(json);
        return OvsdbJson.TryRead(document.RootElement, type, out _);
    }

    private static OvsdbDatum Read(string json, OvsdbColumnType type)
    {
        using var document = JsonDocument.Parse(json);
        OvsdbJson.TryRead(document.RootElement, type, out OvsdbDatum? datum).ShouldBeTrue();
        return datum!;
    }
}
