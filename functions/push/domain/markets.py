"""HALO's market tags: 249 of them, the same in every installation, with fixed ids and no value."""

from push.domain.tag import Tag, TagType

_FIRST = 100
_NAMES = (
    "Afghanistan|Åland Islands|Albania|Algeria|American Samoa|Andorra|Angola|Anguilla|Antarctica|Antigua and Barbuda|"
    "Argentina|Armenia|Aruba|Australia|Austria|Azerbaijan|Bahamas|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|"
    "Benin|Bermuda|Bhutan|Plurinational State of Bolivia|Sint Eustatius and Saba Bonaire|Bosnia and Herzegovina|"
    "Botswana|Bouvet Island|Brazil|British Indian Ocean Territory|Brunei Darussalam|Bulgaria|Burkina Faso|Burundi|"
    "Cambodia|Cameroon|Canada|Cape Verde|Cayman Islands|Central African Republic|Chad|Chile|China|Christmas Island|"
    "Cocos (Keeling) Islands|Colombia|Comoros|Congo|The Democratic Republic of the Congo|Cook Islands|Costa Rica|"
    "Côte d'Ivoire|Croatia|Cuba|Curaçao|Cyprus|Czech Republic|Denmark|Djibouti|Dominica|Dominican Republic|Ecuador|"
    "Egypt|El Salvador|Equatorial Guinea|Eritrea|Estonia|Ethiopia|Falkland Islands (Malvinas)|Faroe Islands|Fiji|"
    "Finland|France|French Guiana|French Polynesia|French Southern Territories|Gabon|Gambia|Georgia|Germany|Ghana|"
    "Gibraltar|Greece|Greenland|Grenada|Guadeloupe|Guam|Guatemala|Guernsey|Guinea|Guinea-Bissau|Guyana|Haiti|"
    "Heard Island and McDonald Islands|Holy See (Vatican City State)|Honduras|Hong Kong|Hungary|Iceland|India|"
    "Indonesia|Islamic Republic of Iran|Iraq|Ireland|Isle of Man|Israel|Italy|Jamaica|Japan|Jersey|Jordan|Kazakhstan|"
    "Kenya|Kiribati|Democratic People's Republic of Korea|Republic of Korea|Kuwait|Kyrgyzstan|"
    "Lao People's Democratic Republic|Latvia|Lebanon|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|Macao|"
    "Macedonia|Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Marshall Islands|Martinique|Mauritania|Mauritius|"
    "Mayotte|Mexico|Federated States of Micronesia|Republic of Moldova|Monaco|Mongolia|Montenegro|Montserrat|Morocco|"
    "Mozambique|Myanmar|Namibia|Nauru|Nepal|Netherlands|New Caledonia|New Zealand|Nicaragua|Niger|Nigeria|Niue|"
    "Norfolk Island|Northern Mariana Islands|Norway|Oman|Pakistan|Palau|State of Palestine|Panama|Papua New Guinea|"
    "Paraguay|Peru|Philippines|Pitcairn|Poland|Portugal|Puerto Rico|Qatar|Réunion|Romania|Russian Federation|Rwanda|"
    "Saint Barthélemy|Ascension and Tristan da Cunha Saint Helena|Saint Kitts and Nevis|Saint Lucia|"
    "Saint Martin (French part)|Saint Pierre and Miquelon|Saint Vincent and the Grenadines|Samoa|San Marino|"
    "Sao Tome and Principe|Saudi Arabia|Senegal|Serbia|Seychelles|Sierra Leone|Singapore|Sint Maarten (Dutch part)|"
    "Slovakia|Slovenia|Solomon Islands|Somalia|South Africa|South Georgia and the South Sandwich Islands|South Sudan|"
    "Spain|Sri Lanka|Sudan|Suriname|Svalbard and Jan Mayen|Swaziland|Sweden|Switzerland|Syrian Arab Republic|Taiwan|"
    "Tajikistan|United Republic of Tanzania|Thailand|Timor-Leste|Togo|Tokelau|Tonga|Trinidad and Tobago|Tunisia|"
    "Turkey|Turkmenistan|Turks and Caicos Islands|Tuvalu|Uganda|Ukraine|United Arab Emirates|United Kingdom|"
    "United States|United States Minor Outlying Islands|Uruguay|Uzbekistan|Vanuatu|Bolivarian Republic of Venezuela|"
    "Viet Nam|British Virgin Islands|U.S. Virgin Islands|Wallis and Futuna|Western Sahara|Yemen|Zambia|Zimbabwe"
).split("|")

MARKETS = {
    tag.id: tag
    for number, name in enumerate(_NAMES, _FIRST)
    for tag in [Tag(id=f"{number:024d}", name=name, value="", type=TagType.MARKET)]
}
