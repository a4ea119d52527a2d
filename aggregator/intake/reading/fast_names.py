"""The names that ``fast`` knows: name spaces, and elements by what feedparser makes of them. Pure tables.

Source: feedparser 6.0, which is the judge of what a name means.
"""

_URIS_BY_PREFIX = {
    "": (
        "http://backend.userland.com/rss http://blogs.law.harvard.edu/tech/rss http://purl.org/rss/1.0/ "
        "http://my.netscape.com/rdf/simple/0.9/ http://www.w3.org/2005/atom http://purl.org/atom/ns#"
    ),
    "admin": "http://webns.net/mvcb/",
    "cc": "http://web.resource.org/cc/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "creativecommons": "http://backend.userland.com/creativecommonsrssmodule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/rss/1.0/modules/threading/",
    "trackback": "http://madskills.com/public/xml/rss/module/trackback/",
    "wfw": "http://wellformedweb.org/commentapi/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xml": "http://www.w3.org/xml/1998/namespace",
}
PREFIX_BY_URI = {uri: prefix for prefix, uris in _URIS_BY_PREFIX.items() for uri in uris.split()}
# Prefixes under which feedparser knows elements of its own, even in a name space that it does not know.
KNOWN_PREFIXES = frozenset({"psc", "gml", *_URIS_BY_PREFIX} - {"", "slash", "sy", "thr", "trackback", "wfw"})

# Elements by the one that they mean the same as.
SAME_AS = {
    name: meant
    for meant, names in {
        "author": "managingeditor dc_author dc_creator itunes_author",
        "name": "itunes_name",
        "email": "itunes_email",
        "url": "homepage uri",
        "subtitle": "tagline itunes_subtitle",
        "rights": "copyright dc_rights",
        "item": "entry",
        "language": "dc_language",
        "published": "issued pubdate dcterms_issued",
        "updated": "modified lastbuilddate dc_date dcterms_modified",
        "created": "dcterms_created",
        "category": "keywords dc_subject",
        "id": "guid",
        "title": "dc_title",
        "description": "dc_description media_description",
        "info": "feedburner_browserfriendly",
        "summary": "itunes_summary",
        "content_encoded": "fullitem",
    }.items()
    for name in (meant, *names.split())
}
# Elements whose text is put under another name, where nobody looks for it.
PUT_ASIDE = {
    "creativecommons_license": "license",
    "dc_publisher": "publisher",
    "expirationdate": "expired",
    "generator": "generator",
    "georss_box": "geometry",
    "georss_line": "geometry",
    "georss_point": "geometry",
    "georss_polygon": "geometry",
    "height": "height",
    "media_credit": "credit",
    "media_license": "license",
    "media_player": "media_player",
    "media_rating": "rating",
    "media_restriction": "restriction",
    "webmaster": "publisher",
    "width": "width",
}
# Elements that leave nothing behind; text inside them belongs to what surrounds them.
PASSED_OVER = frozenset({"admin_errorreportsto", "admin_generatoragent", "cc_license", "cloud", "media_group"})
# Elements that are left to feedparser: rare ones with effects of their own, and names that it keeps under a name that
# is looked at ("date" is stored as "updated").
_ODD = (
    "abstract body dcterms_valid georss_where georssgeom geom itunes_link newlocation psc_chapter psc_chapters "
    "tags where xhtml_body date date_parsed updated_parsed published_parsed created_parsed issued_parsed "
    "modified_parsed title_detail summary_detail description_detail links authors author_detail guidislink "
    "gml_exterior gml_linearring gml_linestring gml_point gml_polygon gml_pos gml_poslist"
)
GIVE_UP = frozenset(_ODD.split())
